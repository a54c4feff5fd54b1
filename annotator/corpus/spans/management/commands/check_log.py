"""Prove that the spans of a project are what its log of changes says."""

import argparse
from typing import Any

from django.core.management.base import CommandError

from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import find_damage
from annotator.corpus.spans.services import rebuild_rows
from projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    """Replays the log of every annotation set and compares the outcome with the rows."""

    help = (
        "Replay the log of every annotation set of a project and compare the outcome with the spans and relations in "
        "the database. Prints the differences and exits with code 1 if there are any. With --repair the rows of such "
        "sets are rewritten from the log. Safe to run while users annotate."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--repair", action="store_true", help="rewrite rows that differ from the log")

    def handle(self, *args: Any, **options: Any) -> None:
        project = find_project(options["slug"])
        sets = AnnotationSet.objects.filter(document__project=project).select_related("document").order_by("id")
        sets = sets.defer("document__text", "document__meta")
        checked = repaired = damaged = 0
        found: list[dict[str, Any]] = []
        for annotation_set in sets.iterator(chunk_size=200):
            checked += 1
            damage = find_damage(annotation_set)
            if damage is None:
                continue
            where = f"{annotation_set.document.external_id}, {annotation_set.name} (set {annotation_set.pk})"
            self.stderr.write(f"{where}: {damage.detail}")
            found.append({"annotation_set": annotation_set.pk, "detail": damage.detail})
            if options["repair"] and damage.repairable:
                rebuild_rows(annotation_set)
                repaired += 1
            else:
                damaged += 1
        counts = {"checked": checked, "repaired": repaired, "damaged": damaged}
        line = f"{checked} annotation sets checked, {repaired} repaired, {damaged} damaged."
        self.show(line, {**counts, "differences": found})
        if damaged:
            remedy = "its log itself is damaged: restore a backup" if options["repair"] else "run again with --repair"
            raise CommandError(f"{damaged} of {checked} annotation sets differ from their log; {remedy}.")
