"""`manage.py close_account USERNAME`."""

import argparse
from typing import Any

from django.core.management.base import CommandError

from annotator.platform.accounts.selectors import find_user
from annotator.platform.accounts.services import set_active
from annotator.platform.commands import DataCommand


class Command(DataCommand):
    help = (
        "Closes an account: the person is signed out and can neither sign in nor use API tokens. "
        "What they annotated stays under their name. --reopen undoes it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("--reopen", action="store_true", help="let the person sign in again")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = find_user(options["username"])
        if user is None:
            raise CommandError(f"There is nobody called “{options['username']}”.")
        set_active(user, active=options["reopen"])
        self.stdout.write(f"The account of “{user.username}” is {'open' if options['reopen'] else 'closed'}.")
