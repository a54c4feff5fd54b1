"""Splitting by hand: spans with a provisional label in a concordance, and the labels that a person chooses for them.

A chosen label is an entry of the log of its set, like all that the migration changed, so that both are undone as one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.relabelling import selectors
from annotator.corpus.relabelling.models import HandSpan, MigratedSet
from annotator.corpus.relabelling.services import MigrationRefused, entry_prefix
from annotator.corpus.spans import rows
from annotator.corpus.spans.changes import UpdateSpan
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.corpus.spans.services import append_entries
from annotator.corpus.spans.state import Rules, apply
from annotator.corpus.spans.values import ChangeError
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from projects.models import SchemaMigration
from projects.schema import Schema
from projects.selectors import schema_of

CONTEXT = 60
LONGEST_QUOTE = 300
MOST_SORTED = 2_000
"""The concordance is sorted within so many undecided spans."""
GONE = "\N{EMPTY SET}"
"""The label of a span that was deleted before it was decided."""


@dataclass(frozen=True, slots=True)
class Line:
    """A span of the concordance: its key, what stands around it, and where it is. Offsets are code points."""

    id: int
    annotation_set: int
    document: str
    annotator: str
    before: str
    text: str
    after: str
    from_label: str
    label: str


SORTS: Mapping[str, Callable[[Line], object] | None] = {
    "document": None,
    "text": lambda line: line.text.casefold(),
    "before": lambda line: line.before.casefold().split()[::-1],
    "after": lambda line: line.after.casefold().split(),
}


def undecided(migration: SchemaMigration, *, most: int, sort: str = "document") -> list[Line]:
    """Return the first spans without a chosen label, sorted within `MOST_SORTED`; a span that is gone is left out."""
    key = SORTS.get(sort)
    waiting = selectors.hand_spans(migration).filter(label="").select_related("moved")
    lines = _lines(list(waiting[: most if key is None else MOST_SORTED]))
    return lines[:most] if key is None else sorted(lines, key=key)[:most]  # type: ignore[arg-type]


def _lines(hand_spans: Sequence[HandSpan]) -> list[Line]:
    sets = {row.moved.annotation_set_id for row in hand_spans}
    uids = {row.uid for row in hand_spans}
    spans = Span.objects.filter(annotation_set__in=sets, uid__in=uids).order_by("id")
    found = {(span.annotation_set_id, span.uid): span for span in spans}
    heads = AnnotationSet.objects.filter(pk__in=sets).order_by("id").values_list("pk", "name", "document")
    owners = {key: (name, document) for key, name, document in heads}
    documents = Document.objects.in_bulk({document for _name, document in owners.values()})
    lines = []
    for row in hand_spans:
        key = row.moved.annotation_set_id
        span = found.get((key, row.uid))
        if span is not None:
            document = documents[owners[key][1]]
            text, start, end = document.text, span.start, span.end
            lines.append(
                Line(
                    id=row.pk,
                    annotation_set=key,
                    document=str(document),
                    annotator=owners[key][0],
                    before=text[max(0, start - CONTEXT) : start],
                    text=text[start : min(end, start + LONGEST_QUOTE)],
                    after=text[end : end + CONTEXT],
                    from_label=row.from_label,
                    label=span.label,
                )
            )
    return lines


def choices_of(migration: SchemaMigration) -> list[str]:
    """Return the labels of the new version, those first that the old one lacks: a split makes these."""
    old, new = schema_of(migration.source), schema_of(migration.target)
    return sorted(new.labels, key=lambda label: label in old.labels)


@dataclass(slots=True)
class Decided:
    """How many labels were chosen, and why others were refused, by the key of their span."""

    count: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def decide(migration: SchemaMigration, labels: Mapping[int, str], *, by: User | None, now: datetime) -> Decided:
    """Give spans the labels chosen for them, by the keys of `HandSpan`; those that the schema refuses stay undecided.

    A label can be chosen again. Raises `MigrationRefused` unless the migration is in force, `InvalidInput` for a label
    that the new version lacks.
    """
    if migration.state != SchemaMigration.State.ACTIVE:
        raise MigrationRefused(_("The migration is not in force."))
    schema = schema_of(migration.target)
    if unknown := sorted(set(labels.values()) - schema.labels.keys()):
        raise InvalidInput(_("Version %(number)s has no label “%(label)s”.") % {
            "number": migration.target.number, "label": unknown[0],
        })  # fmt: skip
    by_set: dict[int, list[tuple[HandSpan, str]]] = defaultdict(list)
    for row in selectors.hand_spans(migration).filter(pk__in=list(labels)):
        by_set[row.moved_id].append((row, labels[row.pk]))
    decided = Decided()
    for moved_id, chosen in by_set.items():
        with transaction.atomic():
            _decide_in_set(migration, moved_id, chosen, schema, decided, by=by, now=now)
    return decided


def _decide_in_set(
    migration: SchemaMigration,
    moved_id: int,
    chosen: Iterable[tuple[HandSpan, str]],
    schema: Schema,
    decided: Decided,
    *,
    by: User | None,
    now: datetime,
) -> None:
    moved = MigratedSet.objects.select_for_update().get(pk=moved_id)
    heads = AnnotationSet.objects.select_for_update(of=("self",)).select_related("document").defer("document__text")
    head = heads.get(pk=moved.annotation_set_id)
    rules, first, changes = Rules(head.document.length, schema), head.revision + 1, []
    present = dict(Span.objects.filter(annotation_set=head).order_by("id").values_list("uid", "label"))
    wanted = {row.uid: (row, label) for row, label in chosen}
    updates = [
        UpdateSpan(_change_id(migration, row, first + at), uid, {"label": present[uid]}, {"label": label})
        for at, (uid, (row, label)) in enumerate(wanted.items())
        if uid in present and present[uid] != label
    ]
    part = rows.read_part(head, updates) if updates else None
    after = part.state.copy() if part else None
    for update in updates:
        try:
            apply(after, update, rules)  # type: ignore[arg-type]
            changes.append(update)
        except ChangeError as error:
            decided.refused[wanted.pop(update.span_id)[0].pk] = error.detail
    if part is not None and after is not None and changes:
        rows.write_part(head, part, after)
        append_entries(head, changes, first=first, author=by, now=now)
        revision = head.revision + len(changes)
        AnnotationSet.objects.filter(pk=head.pk).update(revision=revision, changed_at=now, is_tallied=False)
        if moved.revision_after == head.revision:
            MigratedSet.objects.filter(pk=moved.pk).update(revision_after=revision)
    for uid, (row, label) in wanted.items():
        stored = label if uid in present else GONE
        HandSpan.objects.filter(pk=row.pk).update(label=stored, decided_by=by, decided_at=now)
        decided.count += 1
    if migration.review == SchemaMigration.Review.BY_HAND and not moved.hand_spans.filter(label="").exists():
        MigratedSet.objects.filter(pk=moved.pk, reviewed_at=None).update(reviewed_by=by, reviewed_at=now)


def _change_id(migration: SchemaMigration, row: HandSpan, revision: int) -> str:
    return f"{entry_prefix(migration)}hand-{row.pk}-{revision}"
