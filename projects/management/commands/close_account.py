"""`manage.py close_account USERNAME`."""

import argparse
from typing import Any

from django.core.management.base import CommandError

from annotator.platform.accounts.selectors import find_user
from annotator.platform.accounts.services import set_active
from annotator.platform.commands import DataCommand


class Command(DataCommand):
    help = (
        "Close an account: the user is signed out and can neither sign in nor use API tokens. Annotations stay under "
        "the user's name. --reopen reverses it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("--reopen", action="store_true", help="open a closed account again")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = find_user(options["username"])
        if user is None:
            raise CommandError(f"There is no user “{options['username']}”.")
        set_active(user, active=options["reopen"])
        line = f"{'Reopened' if options['reopen'] else 'Closed'} the account of “{user.username}”."
        self.show(line, {"username": user.username, "is_active": bool(options["reopen"])})
