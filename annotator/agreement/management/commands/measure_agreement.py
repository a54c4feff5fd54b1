"""Measure agreement between annotators."""

import argparse
import json
from typing import Any

from django.utils import timezone

from annotator.agreement import console_report, services
from annotator.platform.jobs.console import run_in_console
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Makes a report that the pages show as well, and prints it."""

    help = (
        "Measure how well annotators agree on the documents of a project that two or more of them have finished "
        "(submitted, or come in with a file), and print the report. Needs no server and no worker. "
        "The report is stored: the pages of the project show it, too. Exit code 1 when nothing can be compared."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print the figures as JSON, in full precision")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, then print."""
        project = find_project(options["slug"])
        report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
        run_in_console(services.job_of(report))
        report.refresh_from_db()
        result = services.result_of(report)
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
            return
        for line in console_report.lines(result, title=project.name):
            self.stdout.write(line)
