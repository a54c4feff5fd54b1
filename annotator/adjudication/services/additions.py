"""Additions by adjudicators: a span or a relation that no annotator marked."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from annotator.adjudication.board.contents import BoardUnit, read_units, schema_of_adjudication
from annotator.adjudication.board.overview import open_count
from annotator.adjudication.models import Adjudication, Decision, StoredStatus, Unit, UnitKind
from annotator.adjudication.selectors import sources_of
from annotator.adjudication.services.decisions import check_spans, invalid
from annotator.adjudication.services.records import ActionResult, lock, record, result_of, stored, update_part_of_set
from annotator.adjudication.units.derivation import End, drawn_arrows, with_ids
from annotator.adjudication.units.versions import Arrow, DecisionKind, read_arrows
from annotator.corpus.spans.values import SpanValue
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from projects.schema import Schema

WAYS = ["added"]


@dataclass(frozen=True, slots=True)
class Rationale:
    """The rationale of a decision: reason, section of the guidelines, note."""

    reason: str = ""
    section: str = ""
    note: str = ""


@transaction.atomic
def add_span(
    adjudication: Adjudication,
    span: SpanValue,
    rationale: Rationale,
    *,
    base_revision: int,
    by: User,
    now: datetime,
    action: str = "",
) -> ActionResult:
    """Add a span that no annotator marked; its id does not matter.

    Raises `InvalidDecision` when the schema does not allow it, or when it is a version or outcome of a unit already.
    """
    head = lock(adjudication, by=by)
    if repeated := result_of(head, action):
        return repeated
    check_spans((span,), schema_of_adjudication(head), length=head.document.length)
    start, end = span.fragments[0][0], span.fragments[-1][1]
    for unit in read_units(head, _keys_at(head, start, end)).values():
        if any((other.label, other.fragments) == (span.label, span.fragments) for other in _all_spans(unit)):
            raise invalid("/spans/0", "An annotator marked exactly this span. Decide its unit instead.")
    row = _new_unit(head, UnitKind.SPAN, start=start, end=end)
    row.save()
    outcome = with_ids((replace(span, origin="manual", suggestion=None),), row.uid)
    return _record(head, row, stored(outcome), rationale, base_revision=base_revision, by=by, now=now, action=action)


def _keys_at(head: Adjudication, start: int, end: int) -> list[int]:
    units = Unit.objects.filter(adjudication=head, kind=UnitKind.SPAN, start__lt=end, end__gt=start)
    return list(units.order_by("id").values_list("pk", flat=True))


def _all_spans(unit: BoardUnit) -> list[SpanValue]:
    return [*unit.outcome, *(span for version in unit.spans for span in version)]


@transaction.atomic
def add_relation(
    adjudication: Adjudication,
    arrow: Arrow,
    ends: tuple[int, int],
    rationale: Rationale,
    *,
    base_revision: int,
    by: User,
    now: datetime,
    action: str = "",
) -> ActionResult:
    """Add a relation from one unit of spans to another that no annotator drew; its parts are spans of the outcomes.

    Raises `InvalidDecision` when a unit has no span, the schema does not allow the relation, or it exists already.
    """
    head = lock(adjudication, by=by)
    if repeated := result_of(head, action):
        return repeated
    units = read_units(head, ends)
    for pointer, key in zip(("/from_unit", "/to_unit"), ends, strict=True):
        if key not in units:
            raise NotFound(f"There is no unit {key} in this adjudication.")
        if not units[key].is_span or units[key].is_open or not units[key].outcome:
            raise invalid(pointer, "Decide both ends first. Then the relation can be added.")
    source, target = (units[key] for key in ends)
    _check_relation(head, arrow, source, target, schema_of_adjudication(head))
    start, end = max(source.row.start, target.row.start), max(source.row.end, target.row.end)
    row = _new_unit(head, UnitKind.RELATION, start=start, end=end)
    row.from_unit, row.to_unit = source.row, target.row
    row.save()
    outcome: list[object] = [arrow.stored(len(source.outcome), len(target.outcome))]
    return _record(head, row, outcome, rationale, base_revision=base_revision, by=by, now=now, action=action)


def _check_relation(head: Adjudication, arrow: Arrow, source: BoardUnit, target: BoardUnit, schema: Schema) -> None:
    parts = []
    for name, part, unit in (("from_part", arrow.from_part, source), ("to_part", arrow.to_part, target)):
        if part is not None and not 0 <= part < len(unit.outcome):
            raise invalid(f"/{name}", f"There is no span {part} at this end of the relation.")
        parts.append(unit.outcome[part or 0])
    wrong = schema.check_relation(arrow.label, parts[0].label, parts[1].label)
    if wrong or parts[0].id == parts[1].id:
        raise invalid("/labels", wrong[0]["detail"] if wrong else "A relation needs two different spans.")
    known = Unit.objects.filter(adjudication=head, from_unit=source.row, to_unit=target.row).order_by("id")
    units = read_units(head, list(known.values_list("pk", flat=True))).values()
    if arrow.order in {known.order for unit in units for known in arrows_of(unit, (source, target))}:
        raise invalid("/labels", "These two have this relation already. Decide its unit instead.")


def arrows_of(unit: BoardUnit, ends: tuple[BoardUnit, BoardUnit]) -> set[Arrow]:
    """Return the relations of a unit, as drawn by any annotator or decided."""
    source, target = (End(end.spans, end.outcome) for end in ends)
    drawn = {
        arrow
        for position, relations in enumerate(unit.relations)
        for arrow in drawn_arrows(relations, position, source, target) or ()
    }
    return drawn | set(read_arrows(unit.decision.outcome) if unit.decision else ())


def _new_unit(head: Adjudication, kind: UnitKind, *, start: int, end: int) -> Unit:
    return Unit(
        adjudication=head,
        kind=kind,
        uid=str(uuid4()),
        start=start,
        end=end,
        kinds=WAYS,
        versions=[[] for _ in sources_of(head)],
        is_added=True,
        status=StoredStatus.OPEN,
    )


def _record(
    head: Adjudication,
    row: Unit,
    outcome: list[object],
    rationale: Rationale,
    *,
    base_revision: int,
    by: User,
    now: datetime,
    action: str,
) -> ActionResult:
    decision = Decision(
        unit=row,
        kind=DecisionKind.ADDED,
        outcome=outcome,
        support_of=len(row.versions),
        reason=rationale.reason,
        section=rationale.section,
        note=rationale.note,
    )
    later_actions = max(0, head.revision - base_revision)
    record(head, [decision], by=by, now=now, action=action)
    update_part_of_set(head, [row.pk], by=by, now=now)
    return ActionResult(head.revision, later_actions, open_count(head), row.pk)
