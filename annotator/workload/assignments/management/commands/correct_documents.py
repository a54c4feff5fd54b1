"""Correct documents before work on them began."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.problems import InvalidInput
from annotator.workload.assignments.correction_files import MOST_AT_ONCE, read_corrections
from annotator.workload.assignments.services.corrections import correct_documents, plan_corrections
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Command that changes documents by the lines of a JSONL or CSV file."""

    help = (
        "Change title, text or metadata of documents on which no one has worked, by a JSONL file with "
        '{"id": …, "text": …, "title": …, "meta": …} on each line, or a CSV file with these columns; what is left out '
        "stays. They keep their assignments."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "file", metavar="FILE", help="JSONL or CSV file in UTF-8; meta.NAME changes one field of the metadata"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would change and be refused")

    def handle(self, *args: Any, **options: Any) -> None:
        """Change each document by itself; documents that are refused are listed, and the exit code is 1 then."""
        project, name = find_project(options["slug"]), Path(options["file"])
        try:
            records = read_corrections(name.read_bytes(), is_csv=name.suffix.lower() == ".csv")
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error}.") from error
        except InvalidInput as problem:
            raise CommandError(f"{name}: {problem.detail} Nothing was changed.") from problem
        changed, refused = 0, []
        for start in range(0, len(records), MOST_AT_ONCE):
            batch = records[start : start + MOST_AT_ONCE]
            if options["dry_run"]:
                plans = plan_corrections(project, batch)
            else:
                plans = correct_documents(project, batch, by=None, now=timezone.now())
            changed += sum(bool(plan.changed) for plan in plans)
            refused += [f"{plan.record.place}: {plan.refusal}" for plan in plans if plan.refusal]
        words = "Would change" if options["dry_run"] else "Changed"
        lines = [*refused, f"{words} {changed:,} documents, refused {len(refused):,}."]
        self.show(lines, {"changed": changed, "refused": refused})
        if refused:
            raise CommandError(f"{len(refused):,} documents were refused.")
