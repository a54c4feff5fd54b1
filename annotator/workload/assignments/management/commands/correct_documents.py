"""Correct documents before work on them began."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.corpus.documents.models import Document
from annotator.problems import Problem
from annotator.workload.assignments.services.corrections import correct_document, has_begun
from projects.commands import ProjectCommand, find_project

MEMBERS = {"id", "title", "text", "meta"}


class Command(ProjectCommand):
    """Command that changes documents by the lines of a JSONL file."""

    help = (
        "Change title, text or metadata of documents on which no one has worked, by a JSONL file with "
        '{"id": …, "text": …, "title": …, "meta": …} on each line; what is left out stays. They keep their assignments.'
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments."""
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="JSONL file in UTF-8")
        parser.add_argument("--dry-run", action="store_true", help="only say which documents would be refused")

    def handle(self, *args: Any, **options: Any) -> None:
        """Change each document by itself; documents that are refused are listed, and the exit code is 1 then."""
        project = find_project(options["slug"])
        changed, refused = 0, []
        for place, record in _records(options["file"]):
            document = Document.objects.filter(project=project, external_id=record.pop("id", "")).order_by("id").first()
            try:
                if document is None:
                    raise Problem("This project has no such document.")
                if options["dry_run"] and has_begun(document):
                    raise Problem("Work on it has begun.")
                if not options["dry_run"]:
                    changed += bool(correct_document(document, **record, by=None, now=timezone.now()))
            except Problem as problem:
                refused.append(f"{place}: {problem.detail}")
        lines = [*refused, f"Changed {changed:,} documents, refused {len(refused):,}."]
        self.show(lines, {"changed": changed, "refused": refused})
        if refused:
            raise CommandError(f"{len(refused):,} documents were refused.")


def _records(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a file, each with its line; raise `CommandError` for one that is wrong."""
    try:
        lines = Path(name).read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            record = json.loads(line)
        except ValueError as error:
            raise CommandError(f"{name}, {place}: this is no JSON: {error}.") from error
        if not isinstance(record, dict) or "id" not in record or record.keys() - MEMBERS:
            raise CommandError(f"{name}, {place}: give an object with id, and text, title or meta.")
        if any(not isinstance(record.get(key, ""), str) for key in ("id", "text", "title")):
            raise CommandError(f"{name}, {place}: id, text and title must be strings.")
        yield place, record
