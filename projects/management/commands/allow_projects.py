"""`manage.py allow_projects USERNAME`."""

import argparse
from typing import Any

from django.contrib.auth.models import Permission
from django.core.management.base import CommandError

from annotator.platform.accounts import selectors
from annotator.platform.commands import DataCommand
from projects.services.projects import CREATE_PROJECTS


class Command(DataCommand):
    help = "Let a user create projects, on a site with PROJECT_CREATORS=chosen."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("--revoke", action="store_true", help="no longer let the user create projects")

    def handle(self, *_args: Any, username: str, revoke: bool, **_options: Any) -> None:
        user = selectors.find_user(username)
        if user is None:
            raise CommandError(f"There is no account “{username}”.")
        app, _, codename = CREATE_PROJECTS.partition(".")
        permission = Permission.objects.get(content_type__app_label=app, codename=codename)
        if revoke:
            user.user_permissions.remove(permission)
        else:
            user.user_permissions.add(permission)
        line = f"“{username}” may {'no longer ' if revoke else ''}create projects."
        self.show(line, {"username": username, "may_create_projects": not revoke})
