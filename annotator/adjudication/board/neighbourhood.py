"""What depends on a decision: its units, those merged with them, their relations, and the units at the ends of these.

Nothing else of an adjudication depends on it, so that deciding takes as long among 10,000 units as among ten.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from annotator.adjudication.board.contents import Board, read_board
from annotator.adjudication.models import Adjudication, Decision, Unit, UnitKind
from annotator.corpus.spans.models import Relation, Span
from annotator.corpus.spans.selectors import RELATION_COLUMNS, SPAN_COLUMNS, span_value
from annotator.corpus.spans.state import State
from annotator.corpus.spans.values import RelationValue


@dataclass(frozen=True)
class Neighbourhood:
    """Part of an adjudication: its units, what the set holds of them now, and units with a possibly new status."""

    board: Board
    before: State
    touched: frozenset[int]


def neighbourhood(adjudication: Adjudication, keys: Collection[int]) -> Neighbourhood:
    """Return what depends on these units, after their decisions were recorded."""
    rows = list(Unit.objects.filter(adjudication=adjudication, pk__in=keys).order_by("id"))
    spans = _merged(adjudication, {row.pk for row in rows if row.kind == UnitKind.SPAN})
    ends = _merged(adjudication, {end for row in rows for end in ends_of(row)})
    arrows = _relations(adjudication, spans, ends)
    far = _merged(adjudication, {end for arrow in arrows for end in ends_of(arrow)})
    relations = {arrow.pk for arrow in arrows}
    board = read_board(adjudication, spans | ends | far | relations)
    return Neighbourhood(board, _before(adjudication, board, spans, ends), frozenset(spans | relations))


def _merged(adjudication: Adjudication, keys: set[int]) -> set[int]:
    """Units of spans with those merged into them or into the same unit, and the units these were merged into."""
    current = Decision.objects.filter(adjudication=adjudication, is_current=True, merged_into__isnull=False)
    merged, added = set(keys), set(keys)
    while added:
        # Two queries, each in the order of its index: for both conditions at once the database reads all decisions.
        joined = [
            *current.filter(unit__in=added).order_by("unit", "id").values_list("unit", "merged_into"),
            *current.filter(merged_into__in=added).order_by("merged_into", "id").values_list("unit", "merged_into"),
        ]
        added = {key for pair in joined for key in pair} - merged
        merged |= added
    return merged


def ends_of(unit: Unit) -> list[int]:
    """Return the units at both ends of a relation; none for a unit of spans."""
    return [end for end in (unit.from_unit_id, unit.to_unit_id) if end is not None]


def _relations(adjudication: Adjudication, spans: Collection[int], ends: Collection[int]) -> list[Unit]:
    """Relations that begin or end at `spans`, and those between two of `ends`."""
    relations = Unit.objects.filter(adjudication=adjudication, kind=UnitKind.RELATION)
    begins, all_ends = {*spans, *ends}, set(ends)
    rows = {row.pk: row for row in relations.filter(to_unit__in=spans).order_by("to_unit", "id")}
    rows |= {
        row.pk: row
        for row in relations.filter(from_unit__in=begins).order_by("from_unit", "id")
        if row.from_unit_id in spans or set(ends_of(row)) <= all_ends
    }
    return [rows[key] for key in sorted(rows)]


def _before(adjudication: Adjudication, board: Board, spans: Collection[int], ends: Collection[int]) -> State:
    """What the set holds of these units: spans of current and earlier outcomes, relations as in `_relations`."""
    earlier = _outcomes(adjudication, spans)
    at = {span.id: unit.row.pk for unit in board.units for span in unit.outcome} | earlier
    of_set = {"annotation_set": adjudication.annotation_set_id}
    rows = Span.objects.filter(**of_set, uid__in=at).order_by("id").values_list(*SPAN_COLUMNS)
    held = {value.id: value for value in map(span_value, rows)}
    arrows = Relation.objects.filter(**of_set).filter(Q(source__uid__in=held) | Q(target__uid__in=held)).order_by("id")
    near = [
        RelationValue(*row)
        for row in arrows.values_list(*RELATION_COLUMNS)
        if {at.get(row[2]), at.get(row[3])} & set(spans) or {at.get(row[2]), at.get(row[3])} <= set(ends)
    ]
    return State.of(held.values(), near)


def _outcomes(adjudication: Adjudication, keys: Iterable[int]) -> dict[str, int]:
    """The units by the ids of all spans that were ever an outcome there."""
    decisions = Decision.objects.filter(adjudication=adjudication, unit__in=keys).order_by("id")
    return {span["id"]: key for key, outcome in decisions.values_list("unit", "outcome") for span in outcome}
