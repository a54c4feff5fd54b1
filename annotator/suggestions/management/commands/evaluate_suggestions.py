"""Measure a source of suggestions against the finished work of a project."""

import argparse
import json
from typing import Any

from django.utils import timezone

from annotator.platform.jobs.console import run_in_console
from annotator.suggestions import selectors, services
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Prints exact and overlap figures by label, links, and calibration."""

    help = (
        "Measure a source of suggestions against the adjudicated documents of a project, or else the submitted ones: "
        "F1, precision and recall by label, links, and whether scores keep their promise."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--source", required=True, metavar="NAME", help="the source, such as rules")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, then print."""
        project = find_project(options["slug"])
        source = options["source"]
        run_in_console(services.start_measuring(project, source, started_by=None, now=timezone.now(), own_process=True))
        row = selectors.get_source(project, source)
        figures = row.evaluation.figures if row.evaluation else {}
        if options["json"]:
            self.stdout.write(json.dumps({"source": row.name, "version": row.version, **figures}, ensure_ascii=False))
            return
        self.stdout.write(f"{row.name} {row.version}: {figures['documents']:,} documents, {figures['sets']:,} sets")
        head = f"{'label':<20}{'exact F1':>10}{'P':>7}{'R':>7}{'overlap F1':>12}{'calibration error':>19}"
        self.stdout.write(head)
        for label, counts in figures["labels"].items():
            exact, overlap = counts["exact"], counts["overlap"]
            values = [exact["f1"], exact["precision"], exact["recall"], overlap["f1"], counts["calibration_error"]]
            columns = zip(values, (10, 7, 7, 12, 19), strict=True)
            line = f"{label:<20}" + "".join(f"{_figure(value):>{width}}" for value, width in columns)
            interval = counts.get("intervals", {}).get("exact", {}).get("f1")
            self.stdout.write(line + (f"   exact F1 {interval[0]:.2f}–{interval[1]:.2f}" if interval else ""))
        if any(counts.get("intervals") for counts in figures["labels"].values()):
            self.stdout.write("Intervals are 95 %, from resampling documents.")
        self.stdout.write(f"links{_figure(figures['links']['f1']):>25} F1 between spans that both have")


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
