"""`manage.py backup FILE`."""

import argparse
from pathlib import Path
from typing import Any

from django.utils import timezone

from annotator.platform.commands import DataCommand
from annotator.site.backup.passphrases import add_passphrase_argument, read_passphrase
from annotator.site.backup.site_backup import back_up_site


class Command(DataCommand):
    help = (
        "Write a backup of everything to FILE: all accounts, projects, annotations with their history, reports, "
        "releases and files. The site may run, and people may save at the same time: the backup holds one moment. It "
        "can be restored on SQLite and on PostgreSQL with `manage.py restore`. Only you can read the file."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the file to write; an existing one is replaced")
        add_passphrase_argument(parser, "encrypt the file with the passphrase in the first line of PATH")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        say = self.say if options["verbosity"] > 1 else lambda _: None
        passphrase = read_passphrase(options["passphrase_file"])
        manifest = back_up_site(file, now=timezone.now(), passphrase=passphrase, say=say)
        count = sum(table.rows for table in manifest.tables)
        size = file.stat().st_size / 1e6
        encrypted = ", encrypted" if passphrase else ""
        held = ", ".join(f"{number:,} {name}" for name, number in manifest.secrets.items() if number)
        lines = [
            f"Backed up {count:,} rows and {len(manifest.files):,} files to {file} ({size:,.1f} MB{encrypted}).",
            f"It holds all texts and annotations, and {held or 'no secrets of accounts'}.",
            "It does not hold the secret key, passwords, API tokens, sessions or environment variables.",
        ]
        result = {"file": file, "rows": count, "files": len(manifest.files), "bytes": file.stat().st_size}
        self.show(lines, {**result, "encrypted": bool(passphrase), "secrets": dict(manifest.secrets)})
