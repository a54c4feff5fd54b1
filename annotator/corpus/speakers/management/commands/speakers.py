"""Import, export and list the speaker registry, and resolve words by it."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from annotator.corpus.speakers import files, selectors, services
from annotator.corpus.speakers.agreement import agreement_on_who
from annotator.problems import InvalidInput
from projects.commands import ProjectCommand, find_project
from projects.models import Project


class Command(ProjectCommand):
    """Reads and writes the registry of a project."""

    help = (
        "Read and write the speaker registry of a project. Without an option, prints how many entries it has and how "
        "far annotators agree on who speaks."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        action = parser.add_mutually_exclusive_group()
        action.add_argument("--import", dest="source", type=Path, metavar="FILE", help="read entries: JSONL or CSV")
        action.add_argument("--export", type=Path, metavar="FILE", help="write all entries: .jsonl or .csv")
        action.add_argument(
            "--from-annotations", action="store_true", help="add entries for the canonical names in finished sets"
        )
        action.add_argument("--resolve", metavar="WORDS", help="print the entry that words name, and candidates")
        parser.add_argument("--dry-run", action="store_true", help="with --import or --from-annotations: only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out what the options say."""
        project = find_project(options["slug"])
        if options["source"]:
            self._import(project, options["source"], dry_run=options["dry_run"])
        elif options["export"]:
            self._export(project, options["export"])
        elif options["from_annotations"]:
            self._from_annotations(project, dry_run=options["dry_run"])
        elif options["resolve"]:
            self._resolve(project, options["resolve"])
        else:
            self._summary(project)

    def _import(self, project: Project, path: Path, *, dry_run: bool) -> None:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        plan = files.plan_file(project, path.name, path.read_bytes())
        if not dry_run:
            files.apply_import(project, plan, by=None, now=timezone.now())
        counts = {"added": plan.added, "changed": plan.changed, "unchanged": plan.unchanged, "dry_run": dry_run}
        self.show(f"{plan.added:,} added, {plan.changed:,} changed, {plan.unchanged:,} unchanged", counts)

    def _export(self, project: Project, path: Path) -> None:
        file_format = path.suffix.lower().removeprefix(".")
        if file_format not in files.WRITERS:
            raise CommandError(f"{path}: name a file that ends in {' or '.join(f'.{name}' for name in files.WRITERS)}.")
        if path.exists():
            raise CommandError(f"{path} exists already. Name another file, or remove it.")
        with path.open("x", encoding="utf-8", newline="") as file:
            file.writelines(files.WRITERS[file_format][0](project))
        count = selectors.entries_of(project).count()
        self.show(f"{count:,} entries written to {path}", {"entries": count, "file": str(path)})

    def _from_annotations(self, project: Project, *, dry_run: bool) -> None:
        new = services.entries_from_annotations(project)
        if not dry_run:
            services.add_from_annotations(project, [entry.name for entry in new], by=None, now=timezone.now())
        lines = [f"{entry.name} ({entry.mentions:,})" for entry in new]
        entries = [{"name": entry.name, "aliases": list(entry.aliases), "mentions": entry.mentions} for entry in new]
        self.show(lines or "The registry has all names that annotators gave.", {"entries": entries, "dry_run": dry_run})

    def _resolve(self, project: Project, words: str) -> None:
        if not words.strip():
            raise InvalidInput("Give the words of a mention.")
        found = selectors.resolve_mention(project, words)
        names = [candidate.entry.name for candidate in found.candidates]
        entry = found.entry.name if found.entry is not None else None
        self.show(
            entry or f"not certain; candidates: {', '.join(names) or 'none'}", {"entry": entry, "candidates": names}
        )

    def _summary(self, project: Project) -> None:
        count, agreement = selectors.entries_of(project).count(), agreement_on_who(project)
        figures = {"mentions": agreement.mentions, "named": agreement.named, "same": agreement.same}
        compared = (
            f"{agreement.mentions:,} mentions marked by two annotators, {agreement.named:,} named by both, "
            f"{agreement.same:,} as the same speaker"
        )
        self.show([f"{count:,} entries", compared], {"entries": count, "agreement": figures})
