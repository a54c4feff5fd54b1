"""`manage.py invite_people SLUG ADDRESS …`."""

import argparse
import sys
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import JobState
from projects.commands import ProjectCommand, find_project
from projects.roles import Role
from projects.services.mailed_invitations import split_addresses, start_invitations


class Command(ProjectCommand):
    help = (
        "Send invitations to a project by e-mail, each with a link that can be used once. Without addresses they are "
        "read from standard input, separated by lines, spaces or commas. Needs EMAIL_URL."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("addresses", metavar="ADDRESS", nargs="*", help="e-mail addresses")
        parser.add_argument(
            "--role",
            choices=[role.value for role in Role],
            default=Role.ANNOTATOR.value,
            help="role in the project (default: annotator)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        project = find_project(options["slug"])
        addresses = split_addresses(" ".join(options["addresses"]) or sys.stdin.read())
        job = start_invitations(
            project, addresses, role=Role(options["role"]), by=None, now=timezone.now(), own_process=True
        )
        job = jobs.run_here(job)
        for line in job.lines.order_by("id"):
            self.stderr.write(line.message)
        if job.state != JobState.DONE or job.result is None:
            raise CommandError(str((job.problem or {}).get("detail", "The invitations were not sent.")))
        self.show(str(job.result["summary"]), job.result)
