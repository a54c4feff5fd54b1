"""`manage.py export_person USERNAME FILE`."""

import argparse
from pathlib import Path
from typing import Any

from annotator.platform.commands import DataCommand
from annotator.site.privacy.accounts import get_account
from annotator.site.privacy.personal_data import export_person


class Command(DataCommand):
    help = (
        "Write everything that the site stores about a person to FILE, as JSON lines: the account, memberships, "
        "annotation sets with spans and history, decisions, working time. Password hash and digests of tokens are left "
        "out. Only you can read the file."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("file", metavar="FILE", type=Path, help="the file to write; an existing one is replaced")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        user = get_account(options["username"])
        count = export_person(user, file)
        line = f"Wrote {count:,} rows about “{user.username}” to {file}."
        self.show(line, {"username": user.username, "rows": count, "file": file})
