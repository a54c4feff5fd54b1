"""`manage.py demo`."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from annotator.platform.commands import ProblemCommand
from annotator.platform.installation import short_failures
from annotator.site.demo.services import MEMBERS, create_sample_project
from annotator.site.demo.sign_ins import load_sign_ins
from annotator.site.serving import launch
from annotator.site.serving.preparation import prepare
from projects.models import Project

SIGN_INS = "demo-sign-ins.json"


class Command(ProblemCommand):
    help = (
        "Run the site with a sample project: six documents, five of them annotated by two people and adjudicated, four "
        "accounts with generated passwords, and a first agreement report. A restart takes seconds and keeps the data."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-serve", action="store_true", help="create the sample project without starting the site"
        )

    def handle(self, *args: Any, no_serve: bool, **options: Any) -> None:
        listener = None if no_serve else launch.take_port()
        prepare(self.say)
        with short_failures():
            passwords = load_sign_ins(settings.VAR_DIR / SIGN_INS, list(MEMBERS))
            project = create_sample_project(passwords, say=self.say, now=timezone.now())
        self._print_sign_ins(project, passwords)
        if listener is not None:
            launch.replace_by_supervisor(listener)

    def _print_sign_ins(self, project: Project, passwords: dict[str, str]) -> None:
        """Print the generated passwords, even if users have changed them since."""
        address = f"{launch.address()}projects/{project.slug}/"
        people = [{"name": name, "password": passwords[name], "role": role.value} for name, role in MEMBERS.items()]
        lines = [f"  {name:8} {passwords[name]:24} {role}" for name, role in MEMBERS.items()]
        self.show([f"\n{project.name}: {address}\nSign in as:", *lines, ""], {"address": address, "sign_ins": people})
