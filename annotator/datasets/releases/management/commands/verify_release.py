"""Verify a release: an archive, a folder, or a release of this site."""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotator.datasets.releases import services
from annotator.datasets.releases.selectors import release_of
from annotator.datasets.releases.services.building import archive_of
from annotator.datasets.releases.verification.archive import Verification, verify
from annotator.formats.incoming import UnreadableFile
from annotator.platform.commands import ProblemCommand
from annotator.platform.installation import create_tables
from annotator.platform.jobs.console import ProgressBar
from projects.commands import find_project

STORED = re.compile(r"(?P<slug>[a-z0-9-]+)/(?P<number>[0-9]{1,9})")


class Command(ProblemCommand):
    """Verifies checksums, counts, texts and offsets; for a release of this site also that a new build is the same."""

    help = (
        "Verify a release. An archive, or the folder it was unpacked to, is verified without a database: checksums of "
        "all files, texts, offsets and counts. SLUG/NUMBER, such as news/3, is a release of this site: its archive is "
        "verified and compared byte by byte with a new build. If there are differences, each is printed and the exit "
        "code is 1."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("target", metavar="FILE|FOLDER|SLUG/NUMBER")
        parser.add_argument("--sha256", default="", help="expected SHA-256 of the archive")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify the release and print its errors."""
        target: str = options["target"]
        stored = STORED.fullmatch(target)
        if stored and not Path(target).exists():
            verified = _check_stored(stored["slug"], int(stored["number"]), self)
        else:
            verified = _check_file(Path(target), options["sha256"])
        if self.prints_json:
            self.show([], {"target": target, "files": verified.files, "errors": list(verified.errors)})
        for error in verified.errors:
            self.stderr.write(error, style_func=str)
        if verified.errors:
            count = len(verified.errors)
            raise CommandError(f"{target} has changed: {count} {'difference' if count == 1 else 'differences'}.")
        files = "1 file" if verified.files == 1 else f"{verified.files} files"
        self.say(f"{target} is unchanged: {files}.")


def _check_file(path: Path, sha256: str) -> Verification:
    if not path.exists():
        raise CommandError(f"{path} does not exist. Give a file, a folder, or SLUG/NUMBER such as news/3.")
    try:
        return verify(path, sha256=sha256.lower())
    except UnreadableFile as problem:
        raise CommandError(problem.detail) from problem
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _check_stored(slug: str, number: int, command: ProblemCommand) -> Verification:
    create_tables(lambda message: command.stderr.write(message, style_func=str))
    release = release_of(find_project(slug), number)
    archive_of(release)
    bar = ProgressBar(sys.stderr)
    try:
        return services.check_release(release, on_progress=bar)
    finally:
        bar.clear()
