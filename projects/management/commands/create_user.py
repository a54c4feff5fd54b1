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
        "Create an account. The password is read from the terminal or from standard input, or generated and printed; "
        "it is never an argument, which other users of the machine could see. Invited people create their accounts "
        "themselves: this command is for the first lead, and for tests."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--generate", action="store_true", help="generate a password and print it")
        source.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        parser.add_argument("--project", metavar="SLUG", help="also add the user to this project")
        parser.add_argument(
            "--role",
            choices=[role.value for role in Role],
            default=Role.LEAD.value,
            help="role in the project (default: lead)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        project = find_project(options["project"]) if options["project"] else None
        password = _password(generate=options["generate"], from_stdin=options["password_stdin"])
        now = timezone.now()
        with transaction.atomic():
            user: User = create_user(options["username"], password=password, now=now)
            if project is not None:
                services.add_member(project, user, role=Role(options["role"]), now=now)
        role = f" with the role {options['role']} in “{project.name}”" if project is not None else ""
        lines = [f"Created account “{user.username}”{role}."]
        if options["generate"]:
            lines.append(f"Password: {password}")
        shown = {"username": user.username, "project": project.slug if project is not None else None}
        shown |= {"role": options["role"]} if project is not None else {}
        self.show(lines, {**shown, **({"password": password} if options["generate"] else {})})


def _password(*, generate: bool, from_stdin: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError("No terminal to read a password from. Add --generate or --password-stdin.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Repeat password: ") != password:
        raise CommandError("The passwords differ. No account was created.")
    return password
