"""Decisions about units, and undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from annotator.adjudication.board.contents import (
    IN_ORDER,
    BoardUnit,
    read_ends,
    read_units,
    schema_of_adjudication,
)
from annotator.adjudication.board.document_units import last_decision
from annotator.adjudication.board.overview import open_count
from annotator.adjudication.models import Adjudication, Decision, Unit
from annotator.adjudication.problems import InvalidDecision, NothingToUndo
from annotator.adjudication.services.document_attributes import undo_decision
from annotator.adjudication.services.records import (
    ActionResult,
    check_units_current,
    cleared,
    is_first,
    is_made,
    lock,
    record,
    result_of,
    stale,
    stored,
    support_of,
    update_part_of_set,
)
from annotator.adjudication.units.derivation import End, drawn_arrows, same_arrows, with_ids
from annotator.adjudication.units.versions import Arrow, DecisionKind, Spans
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from projects.schema import Schema

EMPTY = (DecisionKind.NONE, DecisionKind.UNDECIDABLE, DecisionKind.LATER)
MADE_BY_HAND = (DecisionKind.EDITED, DecisionKind.MERGED, DecisionKind.SPLIT)


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision as an adjudicator makes it.

    `source` for `take`; `spans` for `edited` (one or more), `merged` (one, with the keys of the other units in
    `merge_with`) and `split` (two or more); `arrows` for an edited unit of relations. Ids of spans do not matter.
    """

    unit: int
    kind: DecisionKind
    source: int | None = None
    spans: Spans = ()
    arrows: tuple[Arrow, ...] = ()
    merge_with: tuple[int, ...] = ()
    reason: str = ""
    section: str = ""
    note: str = ""


@transaction.atomic
def decide(
    adjudication: Adjudication,
    choice: Choice,
    *,
    base_revision: int,
    by: User,
    now: datetime,
    action: str = "",
) -> ActionResult:
    """Decide about a unit, or replace its decision.

    `base_revision` is what the adjudicator saw. Later decisions of others about other units do not matter; one about
    these units raises `StaleAdjudication`. Raises `InvalidDecision` for what does not fit the unit or the schema.
    An `action` that is recorded already is not made again.
    """
    head = lock(adjudication, by=by)
    if repeated := result_of(head, action):
        return repeated
    units = read_units(head, [choice.unit, *choice.merge_with])
    unit = _unit(units, choice.unit)
    partners = [_unit(units, key) for key in choice.merge_with]
    released = _released(head, [unit, *partners])
    touched = [unit.row.pk, *choice.merge_with, *(row.pk for row in released)]
    check_units_current(head, touched, base_revision=base_revision)
    decision = _decision(head, unit, choice, schema_of_adjudication(head))
    decisions = [decision, *(_merging(partner, unit.row, choice) for partner in partners), *map(cleared, released)]
    later_actions = head.revision - base_revision
    record(head, decisions, by=by, now=now, action=action)
    Unit.objects.filter(pk__in=[unit.row.pk, *choice.merge_with]).update(is_moved=False)
    update_part_of_set(head, touched, by=by, now=now)
    return ActionResult(head.revision, later_actions, open_count(head), unit.row.pk)


def _unit(units: Mapping[int, BoardUnit], key: int) -> BoardUnit:
    unit = units.get(key)
    if unit is None:
        raise NotFound(f"There is no unit {key} in this adjudication.")
    return unit


def _released(head: Adjudication, chosen: Sequence[BoardUnit]) -> list[Unit]:
    """The units that were merged with the chosen ones; they are open again."""
    keys = {unit.row.pk for unit in chosen}
    leading = {
        unit.decision.merged_into_id for unit in chosen if unit.decision and unit.decision.merged_into_id is not None
    }
    merged = Decision.objects.filter(adjudication=head, is_current=True, merged_into__in=keys | leading)
    keys_of_merged = {*leading, *merged.order_by("id").values_list("unit", flat=True)} - keys
    return list(Unit.objects.filter(pk__in=keys_of_merged).order_by(*IN_ORDER))


def _decision(head: Adjudication, unit: BoardUnit, choice: Choice, schema: Schema) -> Decision:
    """The decision about the unit, its outcome checked."""
    if unit.is_span:
        outcome = with_ids(_spans(unit, choice), unit.row.uid)
        check_spans(outcome, schema, length=head.document.length)
        wire: list[object] = stored(outcome)
        support = support_of(unit, outcome)
    else:
        ends = read_ends(head, unit)
        arrows = _arrows(unit, choice, ends, schema)
        wire = [arrow.stored(*(len(end.outcome) for end in ends)) for arrow in sorted(arrows)]
        support = _support_of_arrows(unit, arrows, ends)
    return Decision(
        unit=unit.row,
        kind=choice.kind,
        source=choice.source if choice.kind is DecisionKind.TAKE else None,
        outcome=wire,
        support=support,
        support_of=len(unit.row.versions),
        reason=choice.reason,
        section=choice.section,
        note=choice.note,
    )


def _spans(unit: BoardUnit, choice: Choice) -> Spans:
    if choice.kind in EMPTY:
        return ()
    if choice.kind is DecisionKind.TAKE:
        return unit.spans[_source(unit, choice)]
    least = 2 if choice.kind is DecisionKind.SPLIT else 1
    if choice.kind not in MADE_BY_HAND or len(choice.spans) < least:
        raise invalid("/spans", f"“{choice.kind}” needs at least {least} span{'s' if least > 1 else ''}.")
    if (choice.kind is DecisionKind.MERGED) != bool(choice.merge_with):
        raise invalid("/merge_with", "“merged” needs the keys of the other units; other kinds must not have them.")
    return tuple(replace(span, origin="manual", suggestion=None) for span in choice.spans)


def _arrows(unit: BoardUnit, choice: Choice, ends: tuple[End, End], schema: Schema) -> frozenset[Arrow]:
    if choice.kind in EMPTY:
        return frozenset()
    if choice.kind is DecisionKind.TAKE:
        position = _source(unit, choice)
        return drawn_arrows(unit.relations[position], position, *ends) or frozenset()
    if choice.kind is not DecisionKind.EDITED or not choice.arrows or choice.spans:
        raise invalid("/kind", "A relation can be chosen, edited (other labels), none, undecidable or skipped.")
    for index, arrow in enumerate(choice.arrows):
        if arrow.label not in schema.relations:
            raise invalid("/labels", f"The schema has no relation “{arrow.label}”.")
        for name, part, end in (("from_part", arrow.from_part, ends[0]), ("to_part", arrow.to_part, ends[1])):
            if part is not None and not 0 <= part < len(end.outcome):
                raise invalid(f"/relations/{index}/{name}", f"There is no span {part} at this end of the relation.")
    return frozenset(choice.arrows)


def _support_of_arrows(unit: BoardUnit, arrows: frozenset[Arrow], ends: tuple[End, End]) -> int:
    """The number of annotators who drew exactly these relations."""
    return sum(same_arrows(arrows, unit.relations[at], at, ends) for at in range(len(unit.relations)))


def _source(unit: BoardUnit, choice: Choice) -> int:
    if choice.source is None or not 0 <= choice.source < len(unit.row.versions):
        raise invalid("/source", f"“take” needs the position of an annotator: 0 to {len(unit.row.versions) - 1}.")
    return choice.source


def check_spans(spans: Spans, schema: Schema, *, length: int) -> None:
    """Raise `InvalidDecision` for the first span outside the text, or that the schema does not allow."""
    for index, span in enumerate(spans):
        if span.fragments[-1][1] > length:
            raise invalid(f"/spans/{index}/fragments", f"The document has {length:,} code points.")
        for error in schema.check_span(span.label, len(span.fragments), span.attributes)[:1]:
            raise invalid(f"/spans/{index}{error['pointer']}", error["detail"])


def _merging(unit: BoardUnit, leading: Unit, choice: Choice) -> Decision:
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
    """Return the problem for a decision that does not fit."""
    return InvalidDecision(f"Not saved: {detail}", errors=[{"pointer": pointer, "detail": detail}])


@transaction.atomic
def undo(adjudication: Adjudication, *, base_revision: int, by: User, now: datetime, action: str = "") -> ActionResult:
    """Undo the user's own last action, about units or the document; each of its units is as it was before.

    Raises `NothingToUndo` when there is none, `StaleAdjudication` or `AttributeDecided` when another user has decided
    one of its units, or the attribute, since.
    """
    head = lock(adjudication, by=by)
    if repeated := result_of(head, action):
        return repeated
    if is_made(head, action):
        return ActionResult(head.revision, 0, open_count(head), None)
    actions = Decision.objects.filter(adjudication=head, undoes=None, is_undone=False)
    last = actions.filter(by=by).exclude(kind=DecisionKind.AGREED).order_by("-number", "id").first()
    of_document = last_decision(head, by)
    if of_document is not None and (last is None or of_document.created_at >= last.at):
        is_first(head, action, by=by, now=now)
        undo_decision(head, of_document, by=by, now=now)
        return ActionResult(head.revision, 0, open_count(head), None)
    if last is None:
        raise NothingToUndo("You have no decision here that can be undone.")
    number = last.number
    units = list(
        Decision.objects.filter(adjudication=head, number=number).order_by("id").values_list("unit", flat=True)
    )
    if base_revision > head.revision or actions.filter(unit__in=units, number__gt=number).exists():
        raise stale(head, number)
    earlier = actions.filter(unit__in=units, number__lt=number).order_by("number", "id")
    before = {decision.unit_id: decision for decision in earlier}
    rows = Unit.objects.filter(pk__in=units).order_by("id")
    restored = [_repeat(before.get(row.pk), row, undoes=number) for row in rows]
    Decision.objects.filter(adjudication=head, number=number).update(is_undone=True)
    later_actions = head.revision - base_revision
    record(head, restored, by=by, now=now, action=action)
    update_part_of_set(head, units, by=by, now=now)
    return ActionResult(head.revision, later_actions, open_count(head), units[0])


def _repeat(before: Decision | None, unit: Unit, *, undoes: int) -> Decision:
    """A new decision with the content of an earlier one, or one that leaves the unit open as it was."""
    decision = cleared(unit)
    if before is not None:
        decision.kind, decision.source, decision.outcome = before.kind, before.source, before.outcome
        decision.merged_into_id, decision.support = before.merged_into_id, before.support
        decision.reason, decision.section, decision.note = before.reason, before.section, before.note
    decision.undoes = undoes
    return decision
