"""`manage.py export_project SLUG FILE`."""

import argparse
from pathlib import Path
from typing import Any

from django.utils import timezone

from annotator.site.backup.passphrases import add_passphrase_argument, read_passphrase
from annotator.site.backup.project_export import export_project
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    help = (
        "Write a project to FILE, to move it to another server: documents, annotations with their history, versions of "
        "schema and guidelines, members, reports, adjudications and releases. People may save at the same time. Import "
        "the file with `manage.py import_project`. It holds user names, but no secrets of accounts."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help="the file to write; an existing one is replaced")
        add_passphrase_argument(parser, "encrypt the file with the passphrase in the first line of PATH")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        project = find_project(options["slug"])
        passphrase = read_passphrase(options["passphrase_file"])
        manifest = export_project(project, file, now=timezone.now(), passphrase=passphrase)
        count = sum(table.rows for table in manifest.tables)
        archives, people = len(manifest.files), len(manifest.project["people"])
        line = (
            f"Exported “{project.name}” to {file}: {count:,} rows, {archives:,} release archives, names of "
            f"{people:,} people. Jobs, invitations and exported files are not in it."
        )
        self.show(line, {"file": file, "rows": count, "release_archives": archives, "people": people})
