"""Make the suggestions of a source for all documents of a project."""

import argparse
from typing import Any

from django.utils import timezone

from annotator.platform.jobs.console import run_in_console
from annotator.suggestions import services
from annotator.suggestions.language_model.selectors import LANGUAGE_MODEL, asking_of, estimate
from annotator.suggestions.sources.registry import SOURCES
from annotator.suggestions.trained.selectors import MODEL
from projects.commands import ProjectCommand, find_project
from projects.models import Project


class Command(ProjectCommand):
    """Suggests spans for the documents that have no suggestions of the present version."""

    help = (
        "Make the suggestions of a built-in source for every document of a project that has none of its version. "
        "Needs no server and no worker, and continues where it was interrupted."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument("--source", default="rules", choices=[*SOURCES, MODEL, LANGUAGE_MODEL],
                            help="the source (default: rules)")  # fmt: skip
        parser.add_argument("--documents", type=int, help="ask a language model about at most this many documents")

    def handle(self, *args: Any, **options: Any) -> None:
        """Suggest, then print how many."""
        project = find_project(options["slug"])
        if options["source"] == LANGUAGE_MODEL:
            self._state_costs(project, options["documents"])
        job = services.start_suggesting(
            project,
            options["source"],
            started_by=None,
            now=timezone.now(),
            own_process=True,
            documents=options["documents"],
        )
        ended = run_in_console(job)
        self.stdout.write(str((ended.result or {}).get("summary", "")))

    def _state_costs(self, project: Project, most: int | None) -> None:
        """Print what asking about all documents would send, and how many are asked about now."""
        cost = estimate(project, asking_of(project))
        asked = cost.documents if most is None else min(most, cost.documents)
        self.stderr.write(
            f"Documents without suggestions: {cost.documents:,}; asked about now: {asked:,}. "
            f"All of them take about {cost.tokens:,} tokens (requests: {cost.requests:,})."
        )
