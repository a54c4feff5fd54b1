"""Verify a release: a file, a folder, or one that this site has."""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotator.datasets.releases import services
from annotator.datasets.releases.selectors import release_of
from annotator.datasets.releases.services.building import archive_of
from annotator.datasets.releases.verification.archive import Findings, verify
from annotator.formats.incoming import UnreadableFile
from annotator.platform.commands import ProblemCommand
from annotator.platform.installation import create_tables
from annotator.platform.jobs.console import ProgressBar
from projects.commands import find_project

STORED = re.compile(r"(?P<slug>[a-z0-9-]+)/(?P<number>[0-9]{1,9})")


class Command(ProblemCommand):
    """Checks checksums, counts, texts and offsets; of a release of this site also that it is built anew the same."""

    help = (
        "Verify a release. A file, or the folder it was unpacked to, is checked by itself, without a database: every "
        "file against its checksum, every text, offset and count. SLUG/NUMBER, such as news/3, names a release of this "
        "site: its archive is checked, built anew and compared byte by byte. Ends with 1 and names each difference."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("target", metavar="FILE|FOLDER|SLUG/NUMBER")
        parser.add_argument("--sha256", default="", help="what the archive as a whole must have")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and tell what is wrong."""
        target: str = options["target"]
        stored = STORED.fullmatch(target)
        if stored and not Path(target).exists():
            found = _check_stored(stored["slug"], int(stored["number"]), self)
        else:
            found = _check_file(Path(target), options["sha256"])
        for fault in found.wrong:
            self.stderr.write(fault, style_func=str)
        if found.wrong:
            raise CommandError(f"{target} is not as it was: {len(found.wrong)} differences.")
        self.stdout.write(f"{target} is as it was: {found.files} files.")


def _check_file(path: Path, sha256: str) -> Findings:
    if not path.exists():
        raise CommandError(f"{path} does not exist. Give a file, a folder, or SLUG/NUMBER such as news/3.")
    try:
        return verify(path, sha256=sha256.lower())
    except UnreadableFile as problem:
        raise CommandError(problem.detail) from problem
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _check_stored(slug: str, number: int, command: ProblemCommand) -> Findings:
    create_tables(lambda message: command.stderr.write(message, style_func=str))
    release = release_of(find_project(slug), number)
    archive_of(release)
    bar = ProgressBar(sys.stderr)
    try:
        return services.check_release(release, on_progress=bar)
    finally:
        bar.clear()
