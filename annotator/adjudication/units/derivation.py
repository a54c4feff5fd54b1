"""The content of an adjudicated set as a function of the units and the decisions about them. Pure.

Spans are those of the decisions. Relations follow their spans:

- where one end has no span any more, the relation is gone;
- where the versions of both ends were chosen from annotators who all drew the relation in the same way, it is kept;
- where all annotators (two or more) who marked both ends drew it in the same way, it is not contested, and it is kept;
- otherwise it is contested and needs a decision of its own.

Where the outcome of an end has several spans, a relation goes to the span that corresponds to the one it was drawn at:
the same one of as many, or the only one that overlaps. Otherwise it is contested: an adjudicator says which spans it
joins.

The set is never edited directly: after every decision its content is derived again, and the changes are appended to its
log. So undoing or replacing a decision needs no rules of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from uuid import UUID, uuid5

from annotator.adjudication.units.versions import UNDECIDED, Arrow, DecisionKind, Relations, Spans, supporters
from annotator.corpus.spans.state import State
from annotator.corpus.spans.values import RelationValue, SpanValue
from annotator.measures.alignment import shared_points
from projects.schema import Schema


class UnitStatus(StrEnum):
    """The status of a unit."""

    OPEN = "open"
    DECIDED = "decided"
    FOLLOWS = "follows"
    """A relation that is kept along with its ends."""
    GONE = "gone"
    """A relation without one of its ends, or that the schema does not allow between the decided labels; or a unit that
    an adjudicator added and removed."""
    WAITING = "waiting"
    """A relation with an end that needs a decision."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The part of a decision that the set depends on; `arrows` are its relations."""

    kind: DecisionKind
    source: int | None = None
    outcome: Spans = ()
    merged_into: int | None = None
    arrows: tuple[Arrow, ...] = ()


@dataclass(frozen=True, slots=True)
class SpanUnit:
    """A unit of spans: the version of each annotator and the current decision."""

    key: int
    versions: Sequence[Spans]
    ruling: Ruling | None
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class RelationUnit:
    """A unit of relations between two units (by key), as drawn by each annotator or added by an adjudicator."""

    key: int
    uid: str
    source: int
    target: int
    versions: tuple[Relations, ...]
    ruling: Ruling | None
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """The content of the set, and the status of every unit."""

    state: State
    statuses: Mapping[int, UnitStatus]


def derive(units: Iterable[SpanUnit], relations: Iterable[RelationUnit], schema: Schema) -> Derived:
    """Return the content of the adjudicated set and the status of each unit by key."""
    by_key = {unit.key: unit for unit in units}
    statuses = {key: _status(unit) for key, unit in by_key.items()}
    state = State.of(span for unit in by_key.values() if unit.ruling for span in unit.ruling.outcome)
    for relation in relations:
        status, arrows = _relation(relation, by_key, schema)
        statuses[relation.key] = status
        for arrow in arrows:
            if arrow.id not in state.relations and not state.has_arrow(arrow):
                state.put_relation(arrow)
    return Derived(state, statuses)


def _status(unit: SpanUnit) -> UnitStatus:
    if _is_removed_addition(unit):
        return UnitStatus.GONE
    return UnitStatus.OPEN if is_open(unit.ruling) else UnitStatus.DECIDED


def _is_removed_addition(unit: SpanUnit | RelationUnit) -> bool:
    """Return whether an adjudicator added the unit and undid that; no annotator has a version of it."""
    cleared = unit.ruling is None or unit.ruling.kind is DecisionKind.CLEARED
    return unit.is_added and cleared and not any(unit.versions)


def is_open(ruling: Ruling | None) -> bool:
    """Return whether a unit still needs a decision."""
    return ruling is None or ruling.kind in UNDECIDED


def _relation(
    relation: RelationUnit, units: Mapping[int, SpanUnit], schema: Schema
) -> tuple[UnitStatus, list[RelationValue]]:
    leading = _leading(units, relation.source), _leading(units, relation.target)
    if _is_removed_addition(relation):
        return UnitStatus.GONE, []
    if is_open(leading[0].ruling) or is_open(leading[1].ruling):
        return UnitStatus.WAITING, []
    source, target = _outcome(leading[0]), _outcome(leading[1])
    if not source or not target:
        return UnitStatus.GONE, []
    ends = End(units[relation.source].versions, source), End(units[relation.target].versions, target)
    arrows = _decided(relation, ends)
    status = UnitStatus.FOLLOWS if arrows is None else UnitStatus.DECIDED
    if arrows is None:
        arrows = _following(relation, units, ends)
    if arrows is None:
        drawn = {value.label for version in relation.versions for value in version}
        offered = [Arrow(label, *pair) for label in drawn for pair in product(range(len(source)), range(len(target)))]
        is_possible = any(_is_allowed(arrow, source, target, schema) for arrow in offered)
        return (UnitStatus.OPEN if is_possible or not drawn else UnitStatus.GONE), []
    allowed = [arrow for arrow in arrows if _is_allowed(arrow, source, target, schema)]
    if arrows and not allowed:
        return UnitStatus.GONE, []
    return status, _relation_values(relation, allowed, source, target)


def _decided(relation: RelationUnit, ends: "tuple[End, End]") -> tuple[Arrow, ...] | None:
    """The relations that were decided; None while the unit is open, and when a span that they name is gone.

    A chosen version whose decision names no spans, although there are several now, is joined to the outcome again.
    """
    ruling = relation.ruling
    if ruling is None or is_open(ruling):
        return None
    parts = [
        (part, len(end.outcome))
        for arrow in ruling.arrows
        for part, end in zip((arrow.from_part, arrow.to_part), ends, strict=True)
    ]
    if any(part is not None and part >= spans for part, spans in parts):
        return None
    is_unnamed = any(part is None and spans > 1 for part, spans in parts)
    if is_unnamed and ruling.source is not None and ruling.source < len(relation.versions):
        return tuple(drawn_arrows(relation.versions[ruling.source], ruling.source, *ends) or ruling.arrows)
    return ruling.arrows


def _leading(units: Mapping[int, SpanUnit], key: int) -> SpanUnit:
    """The unit that has the outcome of this one: itself, or the one it was merged into."""
    unit = units[key]
    merged_into = unit.ruling.merged_into if unit.ruling else None
    return units.get(merged_into, unit) if merged_into is not None else unit


def _outcome(unit: SpanUnit) -> Spans:
    return unit.ruling.outcome if unit.ruling else ()


def taken_from(unit: SpanUnit) -> frozenset[int]:
    """Return the annotators whose version of a unit is in the set; under the rule, all who agreed."""
    if unit.ruling is None or not unit.ruling.outcome:
        return frozenset()
    if unit.ruling.kind is DecisionKind.AGREED:
        return frozenset(position for position, version in enumerate(unit.versions) if version)
    return supporters(unit.versions, unit.ruling.outcome)


def _following(
    relation: RelationUnit, units: Mapping[int, SpanUnit], ends: "tuple[End, End]"
) -> tuple[Arrow, ...] | None:
    """The relations that follow from the versions chosen at the ends, or that are not contested; None when open."""
    source, target = units[relation.source], units[relation.target]
    taken = taken_from(source) & taken_from(target)
    both = frozenset(at for at in range(len(relation.versions)) if source.versions[at] and target.versions[at])
    for positions in (taken, both if len(both) > 1 else frozenset()):
        drawn = {
            drawn_arrows(relation.versions[position], position, *ends, must_be_certain=True) for position in positions
        }
        arrows = next(iter(drawn)) if len(drawn) == 1 else None
        if arrows:
            return tuple(sorted(arrows))
    return None


@dataclass(frozen=True, slots=True)
class End:
    """One end of relations: the version of each annotator, and the outcome."""

    versions: Sequence[Spans]
    outcome: Spans

    def parts(self, position: int, span_id: str) -> list[int]:
        """Return the spans of the outcome (by index) that correspond to a span of an annotator.

        The only one; the same one of as many; those that overlap it; else all.
        """
        everything = list(range(len(self.outcome)))
        version = self.versions[position]
        index = next((index for index, span in enumerate(version) if span.id == span_id), None)
        if len(self.outcome) < 2 or index is None:
            return everything
        if len(version) == len(self.outcome):
            return [index]
        drawn = version[index].fragments
        return [part for part in everything if shared_points(self.outcome[part].fragments, drawn)] or everything


def drawn_arrows(
    drawn: Relations, position: int, source: End, target: End, *, must_be_certain: bool = False
) -> frozenset[Arrow] | None:
    """Return the relations of an annotator between the outcomes of two units.

    A span that became several is joined by all of them; with `must_be_certain` the result is None then.
    """
    arrows = set()
    for relation in drawn:
        ends = source.parts(position, relation.source), target.parts(position, relation.target)
        if must_be_certain and any(len(parts) != 1 for parts in ends):
            return None
        arrows |= {Arrow(relation.label, *pair) for pair in product(*ends)}
        if not all(ends):
            arrows.add(Arrow(relation.label))
    return frozenset(arrows)


def same_arrows(arrows: Iterable[Arrow], drawn: Relations, position: int, ends: tuple[End, End]) -> bool:
    """Return whether an annotator drew exactly these relations between the outcomes of two units."""
    decided = set(arrows)
    own = drawn_arrows(drawn, position, *ends) or frozenset()
    parts = [(arrow.from_part, arrow.to_part) for arrow in decided]
    is_unnamed = any(
        part is None and len(end.outcome) > 1 for pair in parts for part, end in zip(pair, ends, strict=True)
    )
    if is_unnamed:
        return {arrow.label for arrow in own} == {arrow.label for arrow in decided}
    return {arrow.order for arrow in own} == {arrow.order for arrow in decided}


def _relation_values(
    relation: RelationUnit, arrows: Iterable[Arrow], source: Spans, target: Spans
) -> list[RelationValue]:
    """The relations between spans of the outcomes; their ids follow from that of the unit."""
    values = []
    for index, arrow in enumerate(sorted(set(arrows))):
        uid = relation.uid if not index else str(uuid5(UUID(relation.uid), str(index)))
        first, second = _nearest_pair(arrow, source, target)
        values.append(RelationValue(uid, arrow.label, first.id, second.id))
    return values


def _nearest_pair(arrow: Arrow, source: Spans, target: Spans) -> tuple[SpanValue, SpanValue]:
    """The two spans that a relation joins; where it names none, the nearest ones."""
    firsts = source if arrow.from_part is None else source[arrow.from_part : arrow.from_part + 1]
    seconds = target if arrow.to_part is None else target[arrow.to_part : arrow.to_part + 1]
    return min(product(firsts, seconds), key=lambda pair: _gap(*pair))


def _gap(one: SpanValue, other: SpanValue) -> int:
    """The number of code points between two spans."""
    return max(other.fragments[0][0] - one.fragments[-1][1], one.fragments[0][0] - other.fragments[-1][1], 0)


def _is_allowed(arrow: Arrow, source: Spans, target: Spans, schema: Schema) -> bool:
    first, second = _nearest_pair(arrow, source, target)
    return first.id != second.id and not schema.check_relation(arrow.label, first.label, second.label)


def with_ids(spans: Spans, uid: str) -> Spans:
    """Return spans with their ids in the adjudicated set: the id of the unit, then ids derived from it."""
    return tuple(
        replace(span, id=uid if not index else str(uuid5(UUID(uid), f"part {index}")))
        for index, span in enumerate(spans)
    )
