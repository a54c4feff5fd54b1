"""Measure agreement between annotators."""

import argparse
import json
from importlib import import_module
from typing import Any

from django.utils import timezone

from annotator.agreement import services
from annotator.agreement.reports.console import console_lines
from annotator.agreement.scope import Scope
from annotator.agreement.selectors.reports import figures_of
from annotator.platform.jobs.console import run_in_console
from annotator.text.tokens import TOKEN_RULES
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Creates a report, which the pages show too, and prints it."""

    help = (
        "Measure how well annotators agree on the documents of a project that two or more of them have finished "
        "(submitted or imported), and print the report. Needs no server and no worker. "
        "The report is stored and appears on the pages of the project. Exit code 1 when there is nothing to compare."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--without-gamma", action="store_true", help="leave out gamma, which takes longest")
        parser.add_argument(
            "--tokens",
            choices=[rule.replace("_", "-") for rule in TOKEN_RULES],
            default="product",
            help="what is a token: words, numbers and punctuation marks (default), or what is between white space",
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON, in full precision")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, then print."""
        # Registers the kinds of job that run here, so that those of all other apps are not imported.
        import_module("annotator.agreement.jobs")
        project = find_project(options["slug"])
        scope = Scope(tokens=options["tokens"].replace("-", "_"))
        report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True, scope=scope)
        run_in_console(services.job_of(report))
        report.refresh_from_db()
        if not options["without_gamma"]:
            services.finish_gamma(report)
        figures = figures_of(report)
        if options["json"]:
            self.stdout.write(json.dumps(figures.to_record(), ensure_ascii=False, indent=1))
            return
        for line in console_lines(figures, title=project.name):
            self.stdout.write(line)
