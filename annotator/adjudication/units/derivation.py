"""The content of an adjudicated set as a function of the units and the decisions about them. Pure.

Spans are those of the decisions. Relations follow their spans:

- where one end has no span any more, the relation is gone;
- where the versions of both ends were chosen from annotators who all drew the relation in the same way, it is kept;
- where all annotators (two or more) who marked both ends drew it in the same way, it is not contested, and it is kept;
- otherwise it is contested and needs a decision of its own.

Where an end was split or edited into another number of spans, the relation goes to the span nearest to its other end.

The set is never edited directly: after every decision its content is derived again, and the changes are appended to its
log. So undoing or replacing a decision needs no rules of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from uuid import UUID, uuid5

from annotator.adjudication.units.versions import UNDECIDED, DecisionKind, Relations, Spans, supporters
from annotator.corpus.spans.state import State
from annotator.corpus.spans.values import RelationValue, SpanValue
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
    """The part of a decision that the set depends on; `labels` are those of relations."""

    kind: DecisionKind
    source: int | None = None
    outcome: Spans = ()
    merged_into: int | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpanUnit:
    """A unit of spans: the version of each annotator and the current decision."""

    key: int
    versions: tuple[Spans, ...]
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
    source, target = _leading(units, relation.source), _leading(units, relation.target)
    if _is_removed_addition(relation):
        return UnitStatus.GONE, []
    if is_open(source.ruling) or is_open(target.ruling):
        return UnitStatus.WAITING, []
    labels = None if is_open(relation.ruling) or relation.ruling is None else relation.ruling.labels
    status = UnitStatus.FOLLOWS if labels is None else UnitStatus.DECIDED
    if not _outcome(source) or not _outcome(target):
        return UnitStatus.GONE, []
    if labels is None:
        labels = _following(relation, units)
    drawn = {value.label for version in relation.versions for value in version}
    offered = labels if labels is not None else sorted(drawn)
    arrows = [_arrow(relation, label, index, source, target) for index, label in enumerate(offered)]
    allowed = [arrow for arrow in arrows if _is_allowed(arrow, source, target, schema)]
    if offered and not allowed:
        return UnitStatus.GONE, []
    return (UnitStatus.OPEN, []) if labels is None else (status, allowed)


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


def _following(relation: RelationUnit, units: Mapping[int, SpanUnit]) -> tuple[str, ...] | None:
    """The labels that follow from the versions chosen at the ends, or that are not contested; None when open."""
    source, target = units[relation.source], units[relation.target]
    taken = taken_from(source) & taken_from(target)
    both = frozenset(at for at in range(len(relation.versions)) if source.versions[at] and target.versions[at])
    for positions in (taken, both if len(both) > 1 else frozenset()):
        drawn = {tuple(sorted(value.label for value in relation.versions[position])) for position in positions}
        if len(drawn) == 1 and () not in drawn:
            return next(iter(drawn))
    return None


def _arrow(relation: RelationUnit, label: str, index: int, source: SpanUnit, target: SpanUnit) -> RelationValue:
    """The relation between the spans of the outcome that correspond to its ends."""
    uid = relation.uid if not index else str(uuid5(UUID(relation.uid), str(index)))
    values = (value for version in relation.versions for value in version)
    drawn = next((value for value in values if value.label == label), None)
    ends = (drawn.source, drawn.target) if drawn else ("", "")
    pairs = product(_ends(source, ends[0]), _ends(target, ends[1]))
    first, second = min(pairs, key=lambda pair: _gap(*pair))
    return RelationValue(uid, label, first.id, second.id)


def _ends(unit: SpanUnit, span_id: str) -> Spans:
    """The span of the outcome at the same index as the span had in its version; else all of the outcome."""
    outcome = _outcome(unit)
    for version in unit.versions:
        for index, span in enumerate(version):
            if span.id == span_id and index < len(outcome) and len(version) == len(outcome):
                return (outcome[index],)
    return outcome


def _gap(one: SpanValue, other: SpanValue) -> int:
    """The number of code points between two spans."""
    return max(other.fragments[0][0] - one.fragments[-1][1], one.fragments[0][0] - other.fragments[-1][1], 0)


def _is_allowed(arrow: RelationValue, source: SpanUnit, target: SpanUnit, schema: Schema) -> bool:
    labels = {span.id: span.label for span in (*_outcome(source), *_outcome(target))}
    wrong = schema.check_relation(arrow.label, labels[arrow.source], labels[arrow.target])
    return arrow.source != arrow.target and not wrong


def with_ids(spans: Spans, uid: str) -> Spans:
    """Return spans with their ids in the adjudicated set: the id of the unit, then ids derived from it."""
    return tuple(
        replace(span, id=uid if not index else str(uuid5(UUID(uid), f"part {index}")))
        for index, span in enumerate(spans)
    )
