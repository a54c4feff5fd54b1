"""`manage.py serve`."""

import os
import sys
from typing import Any

from django.core.management.base import CommandParser

from annotator.platform.accounts.models import User
from annotator.platform.commands import ProblemCommand
from annotator.platform.installation import in_one_line
from annotator.site.serving import launch
from annotator.site.serving.preparation import prepare


class Command(ProblemCommand):
    requires_system_checks = []
    help = (
        "Run the site: bring database and static files up to date, then start the web server and one worker for the "
        "background jobs, and keep both running. Ctrl-C or SIGTERM stops everything. Settings come from the "
        "environment; PORT is 8000 unless it says otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-worker", action="store_true", help="the worker is started elsewhere, by `manage.py run_worker`"
        )

    def handle(self, *args: Any, without_worker: bool, **options: Any) -> None:
        listener = launch.take_port()
        prepare(self.stdout.write)
        with in_one_line():
            anybody = User.objects.exists()
        if not anybody:
            python = os.path.relpath(sys.executable)
            self.stdout.write(f"Nobody can sign in yet. Make the first account: {python} manage.py create_user NAME")
        launch.become_the_site(listener, with_worker=not without_worker)
