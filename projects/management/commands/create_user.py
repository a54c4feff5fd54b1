"""`manage.py create_user USERNAME`."""

import argparse
import getpass
import secrets
import sys
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import create_user
from annotator.platform.commands import DataCommand
from projects import services
from projects.commands import find_project
from projects.roles import Role


class Command(DataCommand):
    help = (
        "Makes an account. The password is asked for on the terminal, read from standard input, or made and printed; "
        "it never stands on the command line, where others could see it. People who are invited to a project make "
        "their accounts themselves: this command is for the first lead, and for tests."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--generate", action="store_true", help="make a password and print it")
        source.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        parser.add_argument("--project", metavar="SLUG", help="make the person a member of this project, too")
        parser.add_argument(
            "--role",
            choices=[role.value for role in Role],
            default=Role.LEAD.value,
            help="the role there (default: lead)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        project = find_project(options["project"]) if options["project"] else None
        password = _password(generate=options["generate"], from_stdin=options["password_stdin"])
        now = timezone.now()
        with transaction.atomic():
            user: User = create_user(options["username"], password=password, now=now)
            if project is not None:
                services.add_member(project, user, role=Role(options["role"]), now=now)
        where = f", {options['role']} of “{project.name}”" if project is not None else ""
        self.stdout.write(f"“{user.username}” can sign in now{where}.")
        if options["generate"]:
            self.stdout.write(f"Password: {password}")


def _password(*, generate: bool, from_stdin: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for a password on. Add --generate or --password-stdin.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two passwords differ. Nothing was made.")
    return password
