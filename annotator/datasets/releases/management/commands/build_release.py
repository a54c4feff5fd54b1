"""Rebuild the archive of a release."""

import argparse
from pathlib import Path
from typing import Any

from django.utils import timezone

from annotator.datasets.releases import services
from annotator.datasets.releases.selectors import release_of
from annotator.datasets.releases.services.building import save_archive
from annotator.platform.jobs.console import run_in_console
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Rebuilds the archive of a release."""

    help = (
        "Rebuild the archive of a release. The bytes are the same as in the first build, even if its annotation sets "
        "were changed since; otherwise the exit code is 1. No server or worker is needed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("number", metavar="NUMBER", type=int, help="the number of the release")
        parser.add_argument("--out", "--output", metavar="FILE", type=Path, help="copy the archive to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild the archive, and copy it if requested."""
        release = release_of(find_project(options["slug"]), options["number"])
        services.start_build(release, started_by=None, now=timezone.now(), own_process=True)
        run_in_console(services.job_of(release))
        release.refresh_from_db()
        lines, out = [f"Release {release.number}, {release.name}: sha256 {release.sha256}"], options["out"]
        if out is not None:
            save_archive(release, out)
            lines.append(str(out))
        result = {"number": release.number, "name": release.name, "sha256": release.sha256, "size": release.size}
        self.show(lines, {**result, "out": out})
