"""`manage.py create_token USERNAME`."""

import argparse
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.platform.accounts import selectors
from annotator.platform.accounts.scopes import Scope
from annotator.platform.accounts.services import create_token
from annotator.platform.commands import DataCommand
from projects.commands import find_project


class Command(DataCommand):
    help = "Create an API token of a user and print it. It cannot be shown again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("--name", default="command", help="the program that uses the token (default: command)")
        parser.add_argument(
            "--scope", choices=Scope.values, default=Scope.READ.value, help="what the token may do (default: read)"
        )
        parser.add_argument("--project", metavar="SLUG", help="limit the token to this project")
        parser.add_argument("--days", type=int, metavar="N", help="let it expire after N days (default: the maximum)")
        parser.add_argument(
            "--ends-with-password", action="store_true", help="delete it when the user changes the password"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        user = selectors.find_user(options["username"])
        if user is None:
            raise CommandError(f"There is no account “{options['username']}”.")
        now = timezone.now()
        days = options["days"]
        token, secret = create_token(
            user,
            name=options["name"],
            now=now,
            expires_at=None if days is None else now + timedelta(days=days),
            scope=options["scope"],
            project=find_project(options["project"]) if options["project"] else None,
            ends_with_password=options["ends_with_password"],
        )
        self.show(secret, {"token": secret, "id": token.pk, "scope": options["scope"], "expires_at": token.expires_at})
