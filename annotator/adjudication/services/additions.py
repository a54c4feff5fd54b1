"""Adding what nobody had marked: a place, or a relation between two places."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from annotator.adjudication.board.contents import UnitSeen, read_units, schema_of_adjudication
from annotator.adjudication.board.overview import open_count
from annotator.adjudication.models import Adjudication, Decision, Stands, Unit, UnitKind
from annotator.adjudication.selectors import sources_of
from annotator.adjudication.services.decisions import Done, check_spans, invalid
from annotator.adjudication.services.records import bring_part_along, lock, record, stored
from annotator.adjudication.units.derivation import with_ids
from annotator.adjudication.units.versions import DecisionKind
from annotator.corpus.spans.values import SpanValue
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from projects.schema import Schema

WAYS = ["added"]


@dataclass(frozen=True, slots=True)
class Why:
    """What belongs to every decision: reason, section of the guidelines, note."""

    reason: str = ""
    section: str = ""
    note: str = ""


@transaction.atomic
def add_span(
    adjudication: Adjudication, span: SpanValue, why: Why, *, base_revision: int, by: User, now: datetime
) -> Done:
    """Add a span at a place where nobody marked it; its id does not matter.

    Raises `InvalidDecision` when the schema does not allow it, or when it is some unit's version or outcome already.
    """
    head = lock(adjudication)
    check_spans((span,), schema_of_adjudication(head), length=head.document.length)
    start, end = span.fragments[0][0], span.fragments[-1][1]
    for unit in read_units(head, _keys_at(head, start, end)).values():
        if any((each.label, each.fragments) == (span.label, span.fragments) for each in _ever(unit)):
            raise invalid("/spans/0", "Somebody marked exactly this; decide about it where it stands.")
    row = _new_unit(head, UnitKind.SPAN, start=start, end=end)
    row.save()
    outcome = with_ids((replace(span, origin="manual"),), row.uid)
    return _record(head, row, stored(outcome), why, base_revision=base_revision, by=by, now=now)


def _keys_at(head: Adjudication, start: int, end: int) -> list[int]:
    units = Unit.objects.filter(adjudication=head, kind=UnitKind.SPAN, start__lt=end, end__gt=start)
    return list(units.order_by("id").values_list("pk", flat=True))


def _ever(unit: UnitSeen) -> list[SpanValue]:
    return [*unit.outcome, *(span for version in unit.spans for span in version)]


@transaction.atomic
def add_relation(
    adjudication: Adjudication,
    label: str,
    ends: tuple[int, int],
    why: Why,
    *,
    base_revision: int,
    by: User,
    now: datetime,
) -> Done:
    """Add a relation from one unit of spans to another, between which nobody drew it.

    Raises `InvalidDecision` when one of them holds no span, the schema does not allow it, or there is one already.
    """
    head = lock(adjudication)
    units = read_units(head, ends)
    for place, key in zip(("/from_unit", "/to_unit"), ends, strict=True):
        if key not in units:
            raise NotFound(f"There is no unit {key} in this adjudication.")
        if not units[key].is_span or units[key].is_open or not units[key].outcome:
            raise invalid(place, "Decide first what stands at both ends; then they can be joined.")
    source, target = (units[key] for key in ends)
    _check_relation(head, label, source, target, schema_of_adjudication(head))
    start, end = max(source.row.start, target.row.start), max(source.row.end, target.row.end)
    row = _new_unit(head, UnitKind.RELATION, start=start, end=end)
    row.from_unit, row.to_unit = source.row, target.row
    row.save()
    return _record(head, row, [{"label": label}], why, base_revision=base_revision, by=by, now=now)


def _check_relation(head: Adjudication, label: str, source: UnitSeen, target: UnitSeen, schema: Schema) -> None:
    wrong = schema.check_relation(label, source.outcome[0].label, target.outcome[0].label)
    if wrong or source.row.pk == target.row.pk:
        raise invalid("/labels", wrong[0]["detail"] if wrong else "A relation leads from one place to another.")
    known = Unit.objects.filter(adjudication=head, from_unit=source.row, to_unit=target.row).order_by("id")
    for unit in read_units(head, list(known.values_list("pk", flat=True))).values():
        drawn = {each.label for version in unit.relations for each in version}
        decided = {str(each["label"]) for each in unit.decision.outcome} if unit.decision else set()
        if label in drawn | decided:
            raise invalid("/labels", "There is this relation between the two already; decide about it where it stands.")


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
        stands=Stands.OPEN,
    )


def _record(
    head: Adjudication, row: Unit, outcome: list[object], why: Why, *, base_revision: int, by: User, now: datetime
) -> Done:
    decision = Decision(
        unit=row,
        kind=DecisionKind.ADDED,
        outcome=outcome,
        support_of=len(row.versions),
        reason=why.reason,
        section=why.section,
        note=why.note,
    )
    meanwhile = max(0, head.revision - base_revision)
    record(head, [decision], by=by, now=now)
    bring_part_along(head, [row.pk], by=by, now=now)
    return Done(head.revision, meanwhile, open_count(head), row.pk)
