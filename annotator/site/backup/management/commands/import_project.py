"""`manage.py import_project FILE`."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.platform.accounts.models import User
from annotator.platform.accounts.selectors import find_user
from annotator.platform.commands import DataCommand
from annotator.site.backup.passphrases import add_passphrase_argument, read_passphrase
from annotator.site.backup.project_import import import_project
from annotator.site.backup.project_people import PeopleChoice


class Command(DataCommand):
    help = (
        "Import a project that `manage.py export_project` wrote, completely or not at all. A closed account is created "
        "for each person whose name is new here; open it with `close_account --reopen` and `changepassword`. Both "
        "servers need the same version."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="a file of `manage.py export_project`")
        parser.add_argument("--slug", default="", help="address of the project here (default: as in the file)")
        parser.add_argument("--lead", metavar="USERNAME", help="make this user a lead of the project")
        parser.add_argument(
            "--map", metavar="NAME=USERNAME", action="append", default=[], help="the account of a person in the file"
        )
        parser.add_argument(
            "--same-names", action="store_true", help="accounts with the same name are the same people"
        )  # fmt: skip
        parser.add_argument(
            "--names-only",
            action="store_true",
            help="use no accounts: annotations keep the names; memberships and assignments are left out",
        )
        add_passphrase_argument(parser, "the file with the passphrase in its first line")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        choice = PeopleChoice(
            accounts=dict(map(_pair, options["map"])),
            same_names=options["same_names"],
            names_only=options["names_only"],
        )
        imported = import_project(
            file,
            now=timezone.now(),
            slug=options["slug"],
            choice=choice,
            lead=_lead(options["lead"]),
            passphrase=read_passphrase(options["passphrase_file"]),
        )
        project = imported.project
        people, left_out = dict(sorted(imported.people.items())), dict(sorted(imported.left_out.items()))
        result = {"slug": project.slug, "rows": imported.rows, "people": people, "left_out": left_out}
        lines = [f"Imported “{project.name}” to /projects/{project.slug}/: {imported.rows:,} rows."]
        lines += [f"  {name}: {account}" for name, account in people.items()]
        lines += [
            f"Left out, because their person has no account here: {count:,} rows of {table}."
            for table, count in left_out.items()
            if count
        ]
        self.show(lines, result)
        if not project.memberships.filter(role="lead", user__is_active=True).exists():
            self.say("The project has no lead who can sign in. Import with --lead USERNAME, or reopen an account.")


def _pair(text: str) -> tuple[str, str]:
    name, separator, account = text.rpartition("=")
    if not separator or not name or not account:
        raise CommandError(f"--map {text} must have the form NAME=USERNAME.")
    return name, account


def _lead(username: str | None) -> User | None:
    user = find_user(username) if username else None
    if username and user is None:
        raise CommandError(f"There is no user “{username}”. Create the account first: manage.py create_user {username}")
    return user
