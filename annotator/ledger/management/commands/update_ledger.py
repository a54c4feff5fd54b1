"""Bring a ledger up to date, and print or export it."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.ledger import selectors, services
from annotator.ledger.output import WRITERS
from annotator.ledger.reading.sources import ADJUDICATED
from annotator.ledger.selectors import LedgerFilters
from annotator.platform.jobs.console import run_in_console
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Reads the documents that changed, and prints how many propositions have each status."""

    help = (
        "Bring the ledger of a project up to date: who claims, denies and evades each proposition. "
        "Needs no server and no worker. With --output, writes the ledger to a file, too."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--view", default=ADJUDICATED, help="adjudicated (the default), consensus, or set:NAME for one annotator"
        )
        parser.add_argument("--output", "--out", type=Path, metavar="FILE", help="write the ledger to a new file")
        parser.add_argument("--format", choices=WRITERS, default="jsonl", help="the format of FILE (default: jsonl)")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Update, then print and write."""
        project = find_project(options["slug"])
        view, output = options["view"], options["output"]
        if view not in selectors.views_of(project):
            raise CommandError(f"There is no view “{view}”. Views: {', '.join(selectors.views_of(project))}.")
        if output is not None and output.exists():
            raise CommandError(f"{output} exists already. Name another file, or remove it.")
        run_in_console(services.start_update(project, view=view, started_by=None, now=timezone.now(), own_process=True))
        ledger = selectors.get_ledger(project, view)
        if ledger is None:
            raise CommandError("The ledger was removed while it was brought up to date. Run the command again.")
        if output is not None:
            with output.open("x", encoding="utf-8", newline="") as file:
                file.writelines(WRITERS[options["format"]][0](ledger, LedgerFilters()))
        counts = selectors.status_counts(ledger)
        if options["json"]:
            json.dump({"view": view, "propositions": counts, "without_target": ledger.without_target}, sys.stdout)
            self.stdout.write("")
            return
        for status, count in sorted(counts.items()):
            self.stdout.write(f"{count:>8,} {status}")
        if ledger.without_target:
            self.stdout.write(f"{ledger.without_target:>8,} denials and hedges lead to no claim and are left out")
