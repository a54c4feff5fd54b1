"""`manage.py demo`."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from annotator.platform.commands import ProblemCommand
from annotator.platform.installation import in_one_line
from annotator.site.demo.services import PEOPLE, make_sample_project
from annotator.site.demo.sign_ins import keep_sign_ins
from annotator.site.serving import launch
from annotator.site.serving.preparation import prepare
from projects.models import Project

SIGN_INS = "demo-sign-ins.json"


class Command(ProblemCommand):
    requires_system_checks = []
    help = (
        "Run the site with a sample project: six texts annotated by two people and adjudicated, four accounts with "
        "generated passwords, and a first agreement report. Starting again takes seconds and keeps the data."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-serve", action="store_true", help="make the sample project, but do not start the site"
        )

    def handle(self, *args: Any, no_serve: bool, **options: Any) -> None:
        listener = None if no_serve else launch.take_port()
        prepare(self.stdout.write)
        with in_one_line():
            passwords = keep_sign_ins(settings.VAR_DIR / SIGN_INS, list(PEOPLE))
            project = make_sample_project(passwords, say=self.stdout.write, now=timezone.now())
        self._print_sign_ins(project, passwords)
        if listener is not None:
            launch.become_the_site(listener)

    def _print_sign_ins(self, project: Project, passwords: dict[str, str]) -> None:
        """Print what was generated; whoever chose another password since knows it, and checking would take a second."""
        self.stdout.write(f"\n{project.name}: {launch.address()}projects/{project.slug}/")
        for name, role in PEOPLE.items():
            self.stdout.write(f"  {name:8} {passwords[name]:24} {role}")
        self.stdout.write("")
