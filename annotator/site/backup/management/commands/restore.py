"""`manage.py restore FILE`."""

import argparse
from pathlib import Path
from typing import Any

from annotator.platform.commands import ProblemCommand
from annotator.platform.installation import short_failures
from annotator.site.backup.archive import Manifest
from annotator.site.backup.passphrases import add_passphrase_argument, read_passphrase
from annotator.site.backup.site_restore import check_backup, restore_site


class Command(ProblemCommand):
    help = (
        "Restore a backup into an empty installation, on SQLite or PostgreSQL, whichever wrote it. Everything is "
        "restored or nothing. A backup of an older version is brought up to date; one of a newer version is refused. "
        "Stop the site first. With --check, only read the file completely and compare it with its checksums."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="a file of `manage.py backup`")
        parser.add_argument("--check", "--dry-run", action="store_true", help="verify the file and restore nothing")
        add_passphrase_argument(parser, "the file with the passphrase in its first line")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        say = self.say if options["verbosity"] > 1 else lambda _: None
        passphrase = read_passphrase(options["passphrase_file"])
        if check:
            manifest = check_backup(file, passphrase=passphrase)
            self.show(f"{file} is complete and undamaged: {_content(manifest)}.", _record(manifest, restored=False))
            return
        with short_failures():
            manifest = restore_site(file, passphrase=passphrase, say=say)
        line = f"Restored {_content(manifest)}. Everyone signs in again with the same password."
        self.show(line, _record(manifest, restored=True))


def _record(manifest: Manifest, *, restored: bool) -> dict[str, Any]:
    rows = sum(table.rows for table in manifest.tables)
    origin = {"written_at": manifest.created_at, "version": manifest.version, "database": manifest.database}
    return {"restored": restored, "rows": rows, "files": len(manifest.files), **origin}


def _content(manifest: Manifest) -> str:
    count = sum(table.rows for table in manifest.tables)
    return (
        f"{count:,} rows and {len(manifest.files):,} files, written at {manifest.created_at} by version "
        f"{manifest.version} on {manifest.database}"
    )
