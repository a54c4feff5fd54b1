"""Changes to annotation sets: saving, creating sets, adopting a set as the adjudicated one.

Each function is one short transaction. Rows and log are written in it together, so that the rows are at all times what
a replay of the log gives (`python manage.py check_log`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection, transaction
from django.db.models import DateTimeField
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import exclusions, lifecycle, rows, selectors
from annotator.corpus.spans.changes import KINDS, Change, Load, UpdateSpan, invalid_change, map_change, payload
from annotator.corpus.spans.models import MOST_WAIVED_HINTS, AnnotationSet, SetKind, SetPurpose, SetState
from annotator.corpus.spans.models import Change as Entry
from annotator.corpus.spans.problems import (
    AlreadyAdjudicated,
    InvalidChange,
    NotSubmitted,
    SetNotFound,
    StaleRevision,
    WrongText,
)
from annotator.corpus.spans.state import Rules, State, apply, changes_between, new_id
from annotator.corpus.spans.values import ChangeError
from annotator.formats.records import MOST_SPANS
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import insert_rows, table_of
from annotator.platform.prepared import Parameter, PreparedQuery, PreparedUpdate, insert_object
from annotator.platform.snapshots import read_snapshot
from projects.models import GuidelineVersion, SchemaVersion
from projects.selectors import mappings_into

_LOG = table_of(Entry, "annotation_set_id revision change_id kind payload author_id created_at")
_moved_set = PreparedUpdate(
    lambda: AnnotationSet.objects.filter(pk=Parameter("set"), revision=Parameter("base"), state=Parameter("state")),
    revision=Parameter("revision"),
    changed_at=Parameter("changed_at", DateTimeField()),
    is_tallied=False,
)
ADJUDICATED_NAME = "adjudicated"
# Why a change of an editor is refused that was opened before its set was moved to another schema version.
MAPPED_REASONS = frozenset({"schema", "before_differs"})
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of a batch: the revision now, the applied changes, and those that were in the log already."""

    revision: int
    applied: list[str]
    duplicates: list[str]


def apply_changes(
    annotation_set: AnnotationSet,
    changes: Sequence[Change],
    *,
    base_revision: int,
    sha256: str,
    author: User,
    now: datetime,
) -> Applied:
    """Append changes to the log and update the rows, or refuse all of them.

    Changes whose id is in the log already are skipped; the rest must be based on the current revision. A base to which
    only skipped changes were added since counts as current.

    Raises `WrongText` when the client annotated a different text, `StaleRevision` with the changes since the base,
    `SetClosed`, and `InvalidChange` for the first change that does not fit.
    """
    document = annotation_set.document
    if sha256 != document.sha256:
        raise WrongText(
            f"The changes were made over a text with sha256 {sha256[:64]}; this document has {document.sha256}. "
            "Load the document again.",
            sha256=document.sha256,
        )
    rules = Rules(document.length, selectors.schema_of_set(annotation_set))
    with transaction.atomic():
        head = lifecycle.lock(annotation_set)
        known = selectors.revisions_of_changes(annotation_set, [change.id for change in changes])
        fresh = {index: change for index, change in enumerate(changes) if change.id not in known}
        if fresh:
            lifecycle.check_open(head)
        known_until = _known_until(head, base_revision, own=known)
        if fresh:
            if known_until != head.revision:
                raise _stale(head, base_revision)
            fresh = _carry_out(annotation_set, fresh, rules)
            append_entries(annotation_set, fresh.values(), first=head.revision + 1, author=author, now=now)
            _move(head, by=len(fresh), now=now)
    revision = known_until + len(fresh)
    applied = [change.id for change in fresh.values()]
    return Applied(revision, applied, duplicates=[change.id for change in changes if change.id in known])


def _known_until(head: AnnotationSet, base_revision: int, *, own: Mapping[str, int]) -> int:
    """Return the revision up to which a client knows the log: its base, and its own changes that follow without a gap.

    A client takes the revision of an answer as its next base. If a mere resend returned the revision of the set, the
    client would miss what another client saved in between.
    """
    since = sorted(revision for revision in own.values() if revision > base_revision)
    if base_revision > head.revision or since != list(range(base_revision + 1, base_revision + 1 + len(since))):
        raise _stale(head, base_revision)
    return base_revision + len(since)


def _stale(head: AnnotationSet, base_revision: int) -> StaleRevision:
    since = selectors.changes_since(head, base_revision)
    return StaleRevision(base_revision=base_revision, revision=head.revision, changes=since)


def _carry_out(annotation_set: AnnotationSet, changes: Mapping[int, Change], rules: Rules) -> dict[int, Change]:
    """Update the rows and return the changes that were carried out.

    `changes` are by their index in the request, so that a problem can point to one.
    """
    part = rows.read_part(annotation_set, list(changes.values()))
    after = part.state.copy()
    carried_out = {}
    for index, change in changes.items():
        try:
            apply(after, change, rules)
            carried_out[index] = change
        except ChangeError as error:
            mapped = _apply_mapped(annotation_set, after, change, rules) if error.reason in MAPPED_REASONS else None
            if mapped is None:
                raise invalid_change(error, index, change.id) from error
            carried_out[index] = mapped
    _check_size(annotation_set, growth=len(after.spans) - len(part.state.spans))
    rows.write_part(annotation_set, part, after)
    return carried_out


def _apply_mapped(annotation_set: AnnotationSet, state: State, change: Change, rules: Rules) -> Change | None:
    """Apply a refused change as an editor meant it that was opened before the set got its schema version.

    Returns the change that was applied; None when the set was not moved, or the change has no place in its version.
    """
    for mapping in mappings_into(annotation_set.schema_version):
        span = state.spans.get(change.span_id) if isinstance(change, UpdateSpan) else None
        mapped = map_change(change, mapping, span, state.document_attributes)
        if mapped is not None:
            try:
                apply(state, mapped, rules)
            except ChangeError:
                continue
            return mapped
    return None


def _check_size(annotation_set: AnnotationSet, *, growth: int) -> None:
    if growth > 0 and selectors.count_spans(annotation_set) + growth > MOST_SPANS:
        detail = f"A set holds at most {MOST_SPANS:,} spans. Split the document."
        raise InvalidChange(detail, pointer="/changes", reason="too_many_spans", change_id=None)


def append_entries(
    annotation_set: AnnotationSet, changes: Iterable[Change], *, first: int, author: User | None, now: datetime
) -> None:
    """Write changes into the log of a set, from a revision on; the caller writes the rows."""
    author_id, at = None if author is None else author.pk, connection.ops.adapt_datetimefield_value(now)
    rows = [
        (
            annotation_set.pk,
            revision,
            change.id,
            KINDS[type(change)],
            orjson.dumps(payload(change)).decode(),
            author_id,
            at,
        )
        for revision, change in enumerate(changes, start=first)
    ]
    with connection.cursor() as cursor:
        insert_rows(cursor, _LOG, rows)


def _move(head: AnnotationSet, *, by: int, now: datetime) -> None:
    """Compare and set the revision, even though the set is locked."""
    values = {"set": head.pk, "base": head.revision, "state": head.state}
    if not _moved_set.run(**values, revision=head.revision + by, changed_at=now):
        raise StaleRevision(base_revision=head.revision, revision=head.revision, changes=[])


def create_annotation_set(
    document: Document,
    *,
    kind: SetKind,
    name: str,
    schema_version: SchemaVersion,
    guideline_version: GuidelineVersion,
    now: datetime,
    annotator: User | None = None,
    purpose: SetPurpose = SetPurpose.DATA,
) -> AnnotationSet:
    """Create an empty set. If the document has a set with this name, the name becomes “name-2”, and so on."""
    annotation_set = insert_object(
        AnnotationSet(
            document=document,
            kind=kind,
            annotator=annotator,
            name=_free_name(document, name, reserved=kind != SetKind.ADJUDICATED),
            schema_version=schema_version,
            guideline_version=guideline_version,
            purpose=purpose,
            created_at=now,
            changed_at=now,
        )
    )
    exclusions.refresh_new(document.project_id, [annotation_set.pk])
    return annotation_set


_names = PreparedQuery(
    lambda: AnnotationSet.objects.filter(document=Parameter("document")).order_by("id").values_list("name")
)


def _free_name(document: Document, name: str, *, reserved: bool) -> str:
    taken = {taken for (taken,) in _names.all(document=document.pk)}
    if reserved:
        taken.add(ADJUDICATED_NAME)
    candidate, number = name[:LONGEST_NAME], 1
    while candidate in taken:
        number += 1
        candidate = f"{name[: LONGEST_NAME - 8]}-{number}"
    return candidate


def adopt_as_adjudicated(annotation_set: AnnotationSet, *, by: User, now: datetime) -> AnnotationSet:
    """Adjudicate a document: a copy of one set becomes its adjudicated set, and the submitted sets are closed.

    The copy is named “adjudicated” and keeps ids, attributes, notes and relations; its log begins with a load. Raises
    `AlreadyAdjudicated` when the document has one, `NotSubmitted` while the chosen set is open.
    """
    document = annotation_set.document
    with transaction.atomic():
        # The document first: it is not adjudicated or assigned by others at the same time.
        Document.objects.select_for_update(no_key=True).only("id").filter(pk=document.pk).order_by("id").first()
        sets = list(AnnotationSet.objects.select_for_update().filter(document_id=document.pk).order_by("id"))
        if not any(other.pk == annotation_set.pk for other in sets):
            raise SetNotFound(annotation_set.pk)
        if any(other.kind == SetKind.ADJUDICATED or other.name == ADJUDICATED_NAME for other in sets):
            raise AlreadyAdjudicated(
                _("The document “%(id)s” has an adjudicated set already.") % {"id": document.external_id}
            )
        if any(other.pk == annotation_set.pk and other.state == SetState.OPEN for other in sets):
            raise NotSubmitted(
                _("The annotation set “%(name)s” is not submitted. Choose a submitted set.")
                % {"name": annotation_set.name}
            )
        gold = create_annotation_set(
            document,
            kind=SetKind.ADJUDICATED,
            name=ADJUDICATED_NAME,
            schema_version=annotation_set.schema_version,
            guideline_version=annotation_set.guideline_version,
            now=now,
        )
        _load(gold, selectors.state_of_rows(annotation_set), by=by, now=now)
        lifecycle.complete_adjudication(gold, sources=[other.pk for other in sets], now=now)
    return gold


def _load(annotation_set: AnnotationSet, state: State, *, by: User, now: datetime) -> None:
    """Fill an empty set with one entry of its log."""
    rows.rewrite(annotation_set, state)
    load = Load(new_id(), tuple(state.spans.values()), tuple(state.relations.values()), dict(state.document_attributes))
    append_entries(annotation_set, [load], first=1, author=by, now=now)
    AnnotationSet.objects.filter(pk=annotation_set.pk).update(revision=1, is_tallied=False)
    annotation_set.revision = 1


def rebuild_rows(annotation_set: AnnotationSet) -> None:
    """Rewrite the rows of a set from its log. Raises `ChangeError` when the log itself is damaged."""
    with transaction.atomic():
        head = lifecycle.lock(annotation_set)
        rows.rewrite(annotation_set, selectors.replay(annotation_set))
        entries = Entry.objects.filter(annotation_set=annotation_set).count()
        AnnotationSet.objects.filter(pk=head.pk).update(revision=entries, is_tallied=False)


def restore(
    annotation_set: AnnotationSet, *, revision: int, author: User, now: datetime, seen: int | None = None
) -> Applied:
    """Restore the content of an earlier revision by further changes; the log only grows.

    `seen` is the revision that the user has seen last. Raises what saving raises, including `StaleRevision` when the
    set has changed since then or is changed at the same time, and `InvalidInput` for a revision that the set never had.
    """
    with read_snapshot():
        annotation_set.refresh_from_db(fields=["revision", "state"])
        if seen is not None and seen != annotation_set.revision:
            raise _stale(annotation_set, seen)
        present, wanted = selectors.state_of_rows(annotation_set), selectors.state_at(annotation_set, revision)
    prefix = selectors.restore_prefix(annotation_set.revision)
    return apply_changes(
        annotation_set,
        changes_between(present, wanted, new_id=lambda: f"{prefix}{new_id()}"),
        base_revision=annotation_set.revision,
        sha256=annotation_set.document.sha256,
        author=author,
        now=now,
    )


def waive_hints(annotation_set: AnnotationSet, hints: Sequence[str]) -> list[str]:
    """Add waived hints to a set, the newest last, and return all of them; the oldest are dropped beyond the limit."""
    with transaction.atomic():
        lifecycle.lock(annotation_set)
        annotation_set.refresh_from_db(fields=["waived_hints"])
        waived: list[str] = list(dict.fromkeys([*annotation_set.waived_hints, *hints]))[-MOST_WAIVED_HINTS:]
        annotation_set.waived_hints = waived
        annotation_set.save(update_fields=["waived_hints"])
    return waived
