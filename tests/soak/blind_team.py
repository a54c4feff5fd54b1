"""A team of which half of the sets are blind: what suggestions do to its work is planted; the report has to find it.

With suggestions, annotators take a third less time, accept most right suggestions and some wrong ones, and keep some of
the boundaries that were suggested. Without them they miss more and slip at boundaries.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.ordering import shuffle_key
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.changes import AddSpan, SpanFields, UpdateSpan
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.services import apply_changes
from annotator.corpus.spans.state import new_id
from annotator.corpus.spans.values import SpanValue
from annotator.platform.accounts.models import User
from annotator.suggestions import services as suggestions
from annotator.text.digest import text_digest
from annotator.workload.assignments import services
from annotator.workload.assignments.problems import NoDocumentLeft
from annotator.workload.timing.models import ActiveTime
from projects.models import Membership, Project
from projects.roles import Role
from projects.services import publish_schema
from tests.bench.bench_suggestions import made_documents

LABELS = ("Claim", "Speaker", "Denial", "Hedge", "Cue")
MINUTES, SAVED_SHARE = 10.0, 0.33
"""Minutes for 1,000 words without suggestions, and the share that suggestions save."""
SEEN_BLIND, SEEN_WITH = 0.8, 0.92
SLIPS, KEEPS_BOUNDARY, ACCEPTS_WRONG = 0.15, 0.4, 0.3

Span = tuple[str, tuple[tuple[int, int], ...]]


@dataclass
class BlindTeam:
    """A project with documents and people; `play` annotates everything twice."""

    project: Project
    lead: User
    now: datetime
    people: int = 6
    documents: int = 60
    seed: int = 5
    gold: dict[int, list[Span]] = field(default_factory=dict)

    def play(self) -> None:
        """Import documents, switch suggestions on with half of the sets blind, and annotate."""
        self.chance = random.Random(self.seed)
        publish_schema(
            self.project,
            {"labels": [{"id": label, "discontinuous": True} for label in LABELS]},
            by=self.lead,
            now=self.now,
        )
        Project.objects.filter(pk=self.project.pk).update(annotators_per_document=2)
        self.project.refresh_from_db()
        suggestions.save_settings(self.project, bar=0.5, sources=["rules"], blind_share=0.5)
        for number, (text, spans) in enumerate(made_documents(self.documents)):
            document = Document.objects.create(
                project=self.project, external_id=f"b{number}", title=f"Report {number}", text=text, length=len(text),
                sha256=text_digest(text), position=number, shuffle_key=shuffle_key(self.project.seed, f"b{number}"),
                created_at=self.now,
            )  # fmt: skip
            self.gold[document.pk] = [(label, tuple(pieces)) for label, pieces in spans if label in LABELS]
        members = [User.objects.create(username=f"annotator-{number}") for number in range(self.people)]
        for user in members:
            Membership.objects.create(project=self.project, user=user, role=Role.ANNOTATOR, joined_at=self.now)
        waiting = list(members)
        while waiting:
            for user in list(waiting):
                try:
                    assignment = services.next_document(self.project, user=user, now=self.now).assignment
                except NoDocumentLeft:
                    waiting.remove(user)
                    continue
                self.annotate(assignment.annotation_set_id, user)
            self.now += timedelta(hours=1)

    def annotate(self, key: int, user: User) -> None:
        """Open a set as the editor does, annotate it, and submit it."""
        annotation_set = AnnotationSet.objects.select_related("document__project").get(pk=key)
        document = annotation_set.document
        offered = [
            (run, span) for run in suggestions.offer(annotation_set, now=self.now) for span in run.spans
            if span["offered"]
        ]  # fmt: skip
        changes: list[AddSpan | UpdateSpan] = []
        done: set[Span] = set()
        for run, span in offered:
            record: Any = {"source": run.source, "version": run.version, "id": span["id"], "score": span["score"]}
            for value, corrected in self.accepted(span, document, done):
                accepted = SpanValue(new_id(), value[0], value[1], {}, "", "suggested", record)
                changes.append(AddSpan(new_id(), accepted))
                if corrected:
                    before: SpanFields = {"fragments": value[1]}
                    changes.append(UpdateSpan(new_id(), accepted.id, before, {"fragments": corrected}))
        for label, pieces in self.gold[document.pk]:
            is_seen = self.chance.random() < (SEEN_WITH if offered else SEEN_BLIND)
            if (label, pieces) not in done and is_seen:
                changes.append(AddSpan(new_id(), SpanValue(new_id(), label, self.slipped(pieces, document.text))))
        apply_changes(
            annotation_set, changes, base_revision=annotation_set.revision, sha256=document.sha256, author=user,
            now=self.now,
        )  # fmt: skip
        words = len(document.text.split())
        minutes = MINUTES * words / 1000 * (1 - SAVED_SHARE * bool(offered)) * self.chance.uniform(0.7, 1.3)
        ActiveTime.objects.create(
            annotation_set=annotation_set, seconds=round(60 * minutes), words=words, reported_at=self.now
        )
        lifecycle.submit(annotation_set, now=self.now)

    def accepted(
        self, span: Mapping[str, Any], document: Document, done: set[Span]
    ) -> Iterator[tuple[Span, tuple[tuple[int, int], ...] | None]]:
        """Yield the suggestion if it is accepted, with the fragments that it is corrected to, if it is."""
        pieces = tuple((start, end) for start, end in span["fragments"])
        mine: Span = (str(span["label"]), pieces)
        start, end = pieces[0][0], pieces[-1][1]
        same = [gold for gold in self.gold[document.pk] if gold[0] == mine[0] and gold not in done]
        meant = [gold for gold in same if gold[1][0][0] < end and start < gold[1][-1][1]]
        if not meant:
            if self.chance.random() < ACCEPTS_WRONG:
                yield mine, None
            return
        done.add(meant[0])
        is_kept = meant[0] == mine or self.chance.random() < KEEPS_BOUNDARY
        yield mine, None if is_kept else meant[0][1]

    def slipped(self, pieces: tuple[tuple[int, int], ...], text: str) -> tuple[tuple[int, int], ...]:
        """Return fragments whose end is sometimes a word early."""
        start, end = pieces[-1]
        cut = text.rfind(" ", start + 1, end)
        if cut <= start or self.chance.random() >= SLIPS:
            return pieces
        return (*pieces[:-1], (start, cut))
