"""Train the model of a project on its finished work."""

import argparse
import json
from typing import Any

from django.utils import timezone

from annotator.platform.jobs.console import run_in_console
from annotator.suggestions.trained import selectors, services
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Trains a model and prints its figures on held-out documents."""

    help = (
        "Train a model on the finished work of a project and measure it on documents that were held out. It becomes "
        "active unless the active one is better. Needs no server and no worker."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, then print."""
        project = find_project(options["slug"])
        job = services.start_training(project, started_by=None, now=timezone.now(), own_process=True)
        result = run_in_console(job).result or {}
        model = selectors.get_model(project, result["number"])
        if options["json"]:
            given = {"number": model.number, "version": model.version, "active": model.is_active}
            self.stdout.write(json.dumps({**given, **model.figures}, ensure_ascii=False))
            return
        self.stdout.write(str(result["summary"]))
        for label, counts in model.figures["labels"].items():
            exact, f1 = counts["exact"], counts["exact"]["f1"]
            interval = counts.get("intervals", {}).get("exact", {}).get("f1")
            text = "–" if f1 is None else f"{f1:.2f}"
            around = f" ({interval[0]:.2f}–{interval[1]:.2f})" if interval else ""
            self.stdout.write(f"{label:<20} exact F1 {text}{around}, {exact['matched']} found of {counts['finished']}")
