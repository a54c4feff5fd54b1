"""What an adjudicated set holds: a function of the units and what was decided about them. Pure.

Spans are those of the decisions. Relations follow their spans:

- where one end has no span any more, the relation is gone;
- where the versions of both ends were taken from annotators who all drew the relation in the same way, it is kept;
- where all annotators (two or more) who marked both ends drew it in the same way, nobody contests it, and it is kept;
- otherwise it is contested and waits for a decision of its own.

Where an end was split, or made anew with another number of parts, the relation goes to the part that is nearest to its
other end.

The set is never edited directly: after every decision what it should hold is derived anew, and the difference goes into
its change log. So taking a decision back, or putting another in its place, needs no rules of its own.
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


class Standing(StrEnum):
    """Where a unit stands."""

    OPEN = "open"
    DECIDED = "decided"
    FOLLOWS = "follows"
    """A relation that is kept with its ends."""
    GONE = "gone"
    """A relation that lost an end, or that the schema does not allow between the labels decided; or what an
    adjudicator added and took back."""
    WAITING = "waiting"
    """A relation whose ends are not decided yet."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision about a unit, as far as the set depends on it; `labels` are those of relations."""

    kind: DecisionKind
    source: int | None = None
    outcome: Spans = ()
    merged_into: int | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpanUnit:
    """A place of the text with every annotator's version and the decision that stands."""

    key: int
    versions: tuple[Spans, ...]
    ruling: Ruling | None
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class RelationUnit:
    """Arrows between two units (by their keys), as each annotator drew them; or as an adjudicator added them."""

    key: int
    uid: str
    source: int
    target: int
    versions: tuple[Relations, ...]
    ruling: Ruling | None
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """What the set should hold, and where every unit stands."""

    state: State
    standings: Mapping[int, Standing]


def derive(units: Iterable[SpanUnit], relations: Iterable[RelationUnit], schema: Schema) -> Derived:
    """Return the content of the adjudicated set and the standing of each unit by key."""
    by_key = {unit.key: unit for unit in units}
    standings = {key: _standing(unit) for key, unit in by_key.items()}
    state = State.of(span for unit in by_key.values() if unit.ruling for span in unit.ruling.outcome)
    for relation in relations:
        standing, arrows = _relation(relation, by_key, schema)
        standings[relation.key] = standing
        for arrow in arrows:
            if arrow.id not in state.relations and not state.has_arrow(arrow):
                state.put_relation(arrow)
    return Derived(state, standings)


def _standing(unit: SpanUnit) -> Standing:
    if _is_taken_back(unit):
        return Standing.GONE
    return Standing.OPEN if is_open(unit.ruling) else Standing.DECIDED


def _is_taken_back(unit: SpanUnit | RelationUnit) -> bool:
    """Whether an adjudicator added it and took that back: nobody else ever had it."""
    cleared = unit.ruling is None or unit.ruling.kind is DecisionKind.CLEARED
    return unit.is_added and cleared and not any(unit.versions)


def is_open(ruling: Ruling | None) -> bool:
    """Whether a unit still has to be decided."""
    return ruling is None or ruling.kind in UNDECIDED


def _relation(
    relation: RelationUnit, units: Mapping[int, SpanUnit], schema: Schema
) -> tuple[Standing, list[RelationValue]]:
    source, target = _leading(units, relation.source), _leading(units, relation.target)
    if _is_taken_back(relation):
        return Standing.GONE, []
    if is_open(source.ruling) or is_open(target.ruling):
        return Standing.WAITING, []
    labels = None if is_open(relation.ruling) or relation.ruling is None else relation.ruling.labels
    standing = Standing.FOLLOWS if labels is None else Standing.DECIDED
    if not _outcome(source) or not _outcome(target):
        return Standing.GONE, []
    if labels is None:
        labels = _following(relation, units)
    offered = labels if labels is not None else sorted({drawn.label for each in relation.versions for drawn in each})
    arrows = [_arrow(relation, label, place, source, target) for place, label in enumerate(offered)]
    allowed = [arrow for arrow in arrows if _is_allowed(arrow, source, target, schema)]
    if offered and not allowed:
        return Standing.GONE, []
    return (Standing.OPEN, []) if labels is None else (standing, allowed)


def _leading(units: Mapping[int, SpanUnit], key: int) -> SpanUnit:
    """The unit whose outcome stands for this one: itself, or the one it was merged into."""
    unit = units[key]
    merged_into = unit.ruling.merged_into if unit.ruling else None
    return units.get(merged_into, unit) if merged_into is not None else unit


def _outcome(unit: SpanUnit) -> Spans:
    return unit.ruling.outcome if unit.ruling else ()


def taken_from(unit: SpanUnit) -> frozenset[int]:
    """Return the annotators whose version of a unit is in the set; under the rule that is everybody who agreed."""
    if unit.ruling is None or not unit.ruling.outcome:
        return frozenset()
    if unit.ruling.kind is DecisionKind.AGREED:
        return frozenset(position for position, version in enumerate(unit.versions) if version)
    return supporters(unit.versions, unit.ruling.outcome)


def _following(relation: RelationUnit, units: Mapping[int, SpanUnit]) -> tuple[str, ...] | None:
    """The labels that follow from where the ends were taken, or that nobody contests; None when that leaves it open."""
    source, target = units[relation.source], units[relation.target]
    taken = taken_from(source) & taken_from(target)
    able = frozenset(at for at in range(len(relation.versions)) if source.versions[at] and target.versions[at])
    for positions in (taken, able if len(able) > 1 else frozenset()):
        drawn = {tuple(sorted(each.label for each in relation.versions[position])) for position in positions}
        if len(drawn) == 1 and () not in drawn:
            return next(iter(drawn))
    return None


def _arrow(relation: RelationUnit, label: str, place: int, source: SpanUnit, target: SpanUnit) -> RelationValue:
    """The arrow between the spans that stand where its ends stood."""
    uid = relation.uid if not place else str(uuid5(UUID(relation.uid), str(place)))
    drawn = next((each for version in relation.versions for each in version if each.label == label), None)
    ends = (drawn.source, drawn.target) if drawn else ("", "")
    pairs = product(_ends(source, ends[0]), _ends(target, ends[1]))
    first, second = min(pairs, key=lambda pair: _gap(*pair))
    return RelationValue(uid, label, first.id, second.id)


def _ends(unit: SpanUnit, span_id: str) -> Spans:
    """The outcome that stands in the same place among its parts as the span did among its annotator's; else all."""
    outcome = _outcome(unit)
    for version in unit.versions:
        for place, span in enumerate(version):
            if span.id == span_id and place < len(outcome) and len(version) == len(outcome):
                return (outcome[place],)
    return outcome


def _gap(one: SpanValue, other: SpanValue) -> int:
    """How many code points lie between two spans."""
    return max(other.fragments[0][0] - one.fragments[-1][1], one.fragments[0][0] - other.fragments[-1][1], 0)


def _is_allowed(arrow: RelationValue, source: SpanUnit, target: SpanUnit, schema: Schema) -> bool:
    labels = {span.id: span.label for span in (*_outcome(source), *_outcome(target))}
    wrong = schema.check_relation(arrow.label, labels[arrow.source], labels[arrow.target])
    return arrow.source != arrow.target and not wrong


def with_ids(spans: Spans, uid: str) -> Spans:
    """Return spans under the ids that they have in the adjudicated set: the unit's own, then others made of it."""
    return tuple(
        replace(span, id=uid if not place else str(uuid5(UUID(uid), f"part {place}")))
        for place, span in enumerate(spans)
    )
