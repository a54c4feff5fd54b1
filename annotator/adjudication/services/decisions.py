"""Deciding about units, and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from annotator.adjudication.board.contents import IN_ORDER, UnitSeen, read_units, schema_of_adjudication
from annotator.adjudication.board.overview import open_count
from annotator.adjudication.models import Adjudication, Decision, Unit
from annotator.adjudication.problems import InvalidDecision, NothingToUndo
from annotator.adjudication.services.records import (
    bring_part_along,
    check_units_current,
    cleared,
    lock,
    record,
    stale,
    stored,
    support_of,
)
from annotator.adjudication.units.derivation import with_ids
from annotator.adjudication.units.versions import DecisionKind, Spans
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from projects.schema import Schema

EMPTY = (DecisionKind.NONE, DecisionKind.UNDECIDABLE, DecisionKind.LATER)
MADE_BY_HAND = (DecisionKind.EDITED, DecisionKind.MERGED, DecisionKind.SPLIT)


@dataclass(frozen=True, slots=True)
class Choice:
    """What an adjudicator wants.

    `source` for `take`; `spans` for `edited` (one or more), `merged` (one, with the keys of the other units in
    `merge_with`) and `split` (two or more); `labels` for an edited unit of relations. Ids of spans do not matter.
    """

    unit: int
    kind: DecisionKind
    source: int | None = None
    spans: Spans = ()
    labels: tuple[str, ...] = ()
    merge_with: tuple[int, ...] = ()
    reason: str = ""
    section: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an action: the revision now, how many actions of others came since the base, what is still open.

    `unit` is what the action was about; a place that was added has its own.
    """

    revision: int
    meanwhile: int
    open: int
    unit: int


@transaction.atomic
def decide(adjudication: Adjudication, choice: Choice, *, base_revision: int, by: User, now: datetime) -> Done:
    """Decide about a unit, or decide anew.

    `base_revision` is what the adjudicator saw. What others decided since about other units does not matter; about one
    of these units it raises `StaleAdjudication`. Raises `InvalidDecision` for what does not fit the unit or the schema.
    """
    head = lock(adjudication)
    units = read_units(head, [choice.unit, *choice.merge_with])
    unit = _unit(units, choice.unit)
    partners = [_unit(units, key) for key in choice.merge_with]
    released = _released(head, [unit, *partners])
    touched = [unit.row.pk, *choice.merge_with, *(each.pk for each in released)]
    check_units_current(head, touched, base_revision=base_revision)
    decision = _decision(unit, choice, schema_of_adjudication(head), length=head.document.length)
    decisions = [decision, *(_joining(each, unit.row, choice) for each in partners), *map(cleared, released)]
    meanwhile = head.revision - base_revision
    record(head, decisions, by=by, now=now)
    Unit.objects.filter(pk__in=[unit.row.pk, *choice.merge_with]).update(is_moved=False)
    bring_part_along(head, touched, by=by, now=now)
    return Done(head.revision, meanwhile, open_count(head), unit.row.pk)


def _unit(units: Mapping[int, UnitSeen], key: int) -> UnitSeen:
    unit = units.get(key)
    if unit is None:
        raise NotFound(f"There is no unit {key} in this adjudication.")
    return unit


def _released(head: Adjudication, chosen: Sequence[UnitSeen]) -> list[Unit]:
    """The units that were merged with those chosen now: what they were merged into is gone, they are open again."""
    keys = {unit.row.pk for unit in chosen}
    leading = {
        unit.decision.merged_into_id for unit in chosen if unit.decision and unit.decision.merged_into_id is not None
    }
    merged = Decision.objects.filter(adjudication=head, is_current=True, merged_into__in=keys | leading)
    found = {*leading, *merged.order_by("id").values_list("unit", flat=True)} - keys
    return list(Unit.objects.filter(pk__in=found).order_by(*IN_ORDER))


def _decision(unit: UnitSeen, choice: Choice, schema: Schema, *, length: int) -> Decision:
    """The decision about the unit in question, its outcome checked."""
    if unit.is_span:
        outcome = with_ids(_spans(unit, choice), unit.row.uid)
        check_spans(outcome, schema, length=length)
        told: list[object] = stored(outcome)
        support = support_of(unit, outcome)
    else:
        labels = _labels(unit, choice, schema)
        told = [{"label": label} for label in labels]
        support = support_of(unit, labels)
    return Decision(
        unit=unit.row,
        kind=choice.kind,
        source=choice.source if choice.kind is DecisionKind.TAKE else None,
        outcome=told,
        support=support,
        support_of=len(unit.row.versions),
        reason=choice.reason,
        section=choice.section,
        note=choice.note,
    )


def _spans(unit: UnitSeen, choice: Choice) -> Spans:
    if choice.kind in EMPTY:
        return ()
    if choice.kind is DecisionKind.TAKE:
        return unit.spans[_source(unit, choice)]
    least = 2 if choice.kind is DecisionKind.SPLIT else 1
    if choice.kind not in MADE_BY_HAND or len(choice.spans) < least:
        raise invalid("/spans", f"“{choice.kind}” needs at least {least} span{'s' if least > 1 else ''}.")
    if (choice.kind is DecisionKind.MERGED) != bool(choice.merge_with):
        raise invalid("/merge_with", "“merged” names the other units that are merged; nothing else does.")
    return tuple(replace(span, origin="manual") for span in choice.spans)


def _labels(unit: UnitSeen, choice: Choice, schema: Schema) -> list[str]:
    if choice.kind in EMPTY:
        return []
    if choice.kind is DecisionKind.TAKE:
        return sorted({drawn.label for drawn in unit.relations[_source(unit, choice)]})
    if choice.kind is not DecisionKind.EDITED or not choice.labels or choice.spans:
        raise invalid("/kind", "A relation is taken, edited (other labels), none, undecidable or left for later.")
    unknown = [label for label in choice.labels if label not in schema.relations]
    if unknown:
        raise invalid("/labels", f"The schema has no relation “{unknown[0]}”.")
    return sorted(set(choice.labels))


def _source(unit: UnitSeen, choice: Choice) -> int:
    if choice.source is None or not 0 <= choice.source < len(unit.row.versions):
        raise invalid("/source", f"“take” names an annotator by place: 0 to {len(unit.row.versions) - 1}.")
    return choice.source


def check_spans(spans: Spans, schema: Schema, *, length: int) -> None:
    """Raise `InvalidDecision` for the first span that does not lie in the text, or that the schema does not allow."""
    for place, span in enumerate(spans):
        if span.fragments[-1][1] > length:
            raise invalid(f"/spans/{place}/fragments", f"The text has {length} code points.")
        for error in schema.check_span(span.label, len(span.fragments), span.attributes)[:1]:
            raise invalid(f"/spans/{place}{error['pointer']}", error["detail"])


def _joining(unit: UnitSeen, leading: Unit, choice: Choice) -> Decision:
    """The decision about a unit that is merged into another one."""
    if not unit.is_span or unit.row.pk == leading.pk:
        raise invalid("/merge_with", "Only other units of spans can be merged.")
    return Decision(
        unit=unit.row,
        kind=DecisionKind.MERGED,
        outcome=[],
        merged_into=leading,
        support_of=len(unit.row.versions),
        reason=choice.reason,
        section=choice.section,
        note=choice.note,
    )


def invalid(pointer: str, detail: str) -> InvalidDecision:
    """Return the problem that says what does not fit."""
    return InvalidDecision(f"Nothing was saved: {detail}", errors=[{"pointer": pointer, "detail": detail}])


@transaction.atomic
def undo(adjudication: Adjudication, *, base_revision: int, by: User, now: datetime) -> Done:
    """Take the person's own last action back; each of its units is as it was before.

    Raises `NothingToUndo` when there is none, `StaleAdjudication` when somebody decided about one of its units since.
    """
    head = lock(adjudication)
    standing = Decision.objects.filter(adjudication=head, undoes=None, is_undone=False)
    last = standing.filter(by=by).exclude(kind=DecisionKind.AGREED).order_by("-number", "id").first()
    if last is None:
        raise NothingToUndo("You have decided nothing here that could be taken back.")
    number = last.number
    units = list(
        Decision.objects.filter(adjudication=head, number=number).order_by("id").values_list("unit", flat=True)
    )
    if base_revision > head.revision or standing.filter(unit__in=units, number__gt=number).exists():
        raise stale(head, number)
    earlier = standing.filter(unit__in=units, number__lt=number).order_by("number", "id")
    before = {decision.unit_id: decision for decision in earlier}
    rows = Unit.objects.filter(pk__in=units).order_by("id")
    restored = [_again(before.get(row.pk), row, undoes=number) for row in rows]
    Decision.objects.filter(adjudication=head, number=number).update(is_undone=True)
    meanwhile = head.revision - base_revision
    record(head, restored, by=by, now=now)
    bring_part_along(head, units, by=by, now=now)
    return Done(head.revision, meanwhile, open_count(head), units[0])


def _again(before: Decision | None, unit: Unit, *, undoes: int) -> Decision:
    """A new decision that says what an earlier one said, or that leaves the unit open as it was."""
    decision = cleared(unit)
    if before is not None:
        decision.kind, decision.source, decision.outcome = before.kind, before.source, before.outcome
        decision.merged_into_id, decision.support = before.merged_into_id, before.support
        decision.reason, decision.section, decision.note = before.reason, before.section, before.note
    decision.undoes = undoes
    return decision
