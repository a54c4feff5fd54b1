"""`manage.py serve`."""

import os
import sys
from typing import Any

from django.core.management.base import CommandParser

from annotator.platform.accounts.models import User
from annotator.platform.commands import ProblemCommand
from annotator.platform.installation import short_failures
from annotator.site.serving import launch
from annotator.site.serving.preparation import prepare


class Command(ProblemCommand):
    help = (
        "Run the site: bring database and static files up to date, then start the web server and one worker for "
        "background jobs, and restart them if they end. Ctrl-C or SIGTERM stops both. Settings come from the "
        "environment; the default of PORT is 8000."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-worker",
            action="store_true",
            help="do not start a worker; start workers with `manage.py run_worker`",
        )

    def handle(self, *args: Any, without_worker: bool, **options: Any) -> None:
        listener = launch.take_port()
        prepare(self.say)
        with short_failures():
            has_users = User.objects.exists()
        if not has_users:
            relative = os.path.relpath(sys.executable)
            python = sys.executable if relative.startswith("..") else relative
            self.say(f"There are no accounts yet. Create the first one: {python} manage.py create_user NAME")
        if self.prints_json:
            self.show([], {"address": launch.address(), "worker": not without_worker, "has_accounts": has_users})
        launch.replace_by_supervisor(listener, with_worker=not without_worker)
