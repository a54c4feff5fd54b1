"""An adjudication as it lies on the table: its units in order, what stands about each, what the set holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from annotator.adjudication.models import Adjudication, Decision, Stands, Unit, UnitKind
from annotator.adjudication.units.derivation import (
    Derived,
    RelationUnit,
    Ruling,
    SpanUnit,
    Standing,
    derive,
    taken_from,
)
from annotator.adjudication.units.versions import DecisionKind, Relations, Spans, read_relations, read_spans
from projects.schema import Schema
from projects.selectors import schema_of

IN_ORDER = ("start", "-kind", "end", "id")
"""Order of the text; spans before the relations of the same place."""
NOTED = {
    Stands.OPEN: Standing.OPEN,
    Stands.LATER: Standing.OPEN,
    Stands.DECIDED: Standing.DECIDED,
    Stands.AGREED: Standing.DECIDED,
    Stands.FOLLOWS: Standing.FOLLOWS,
    Stands.GONE: Standing.GONE,
    Stands.WAITING: Standing.WAITING,
}


@dataclass(frozen=True)
class UnitSeen:
    """A unit with the decision that stands (it may leave the unit open), and where it stands."""

    row: Unit
    decision: Decision | None
    standing: Standing

    @property
    def is_span(self) -> bool:
        """Whether it is about spans, not about relations."""
        return self.row.kind == UnitKind.SPAN

    @property
    def is_open(self) -> bool:
        """Whether it has to be decided before the document can be settled."""
        return self.standing is Standing.OPEN

    @property
    def is_contested(self) -> bool:
        """Whether it is shown among those to decide: it neither settled itself nor followed from others."""
        settled_itself = self.decision is not None and self.decision.kind == DecisionKind.AGREED
        return self.is_open or (self.standing is Standing.DECIDED and not settled_itself)

    @property
    def stands(self) -> Stands:
        """How its standing is noted with it."""
        if self.is_open:
            return Stands.OPEN if self.decision is None else Stands.LATER
        if self.standing is Standing.DECIDED and not self.is_contested:
            return Stands.AGREED
        return Stands(self.standing.value)

    @cached_property
    def spans(self) -> tuple[Spans, ...]:
        """What each annotator has; for units of spans."""
        return tuple(read_spans(version) for version in self.row.versions)

    @cached_property
    def relations(self) -> tuple[Relations, ...]:
        """What each annotator drew; for units of relations."""
        return tuple(read_relations(version) for version in self.row.versions)

    @cached_property
    def outcome(self) -> Spans:
        """The spans that stand; none while it is open, and for relations."""
        return () if self.decision is None or not self.is_span else read_spans(self.decision.outcome)


@dataclass(frozen=True)
class Board:
    """All units of an adjudication, and the content that the adjudicated set should have."""

    units: Sequence[UnitSeen]
    derived: Derived
    _span_units: dict[int, SpanUnit]

    @cached_property
    def by_id(self) -> dict[int, UnitSeen]:
        """The units by their keys."""
        return {unit.row.pk: unit for unit in self.units}

    @cached_property
    def contested(self) -> list[UnitSeen]:
        """What people decide about, in order of the text."""
        return [unit for unit in self.units if unit.is_contested]

    @cached_property
    def open(self) -> list[UnitSeen]:
        """What is still to be decided."""
        return [unit for unit in self.units if unit.is_open]

    def leading(self, key: int) -> UnitSeen:
        """Return the unit whose outcome stands for one: itself, or what it was merged into."""
        unit = self.by_id[key]
        merged_into = unit.decision.merged_into_id if unit.decision else None
        return unit if merged_into is None else self.by_id.get(merged_into, unit)

    def labels_between(self, source: UnitSeen, target: UnitSeen) -> list[str]:
        """Return the labels of the relations that stand between the outcomes of two units of spans."""
        pairs = ((one.id, other.id) for one in source.outcome for other in target.outcome)
        return sorted(label for pair in pairs for label in self._arrows.get(pair, ()))

    @cached_property
    def _arrows(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for each in self.derived.state.relations.values():
            found.setdefault((each.source, each.target), []).append(each.label)
        return found

    def taken_from(self, unit_id: int) -> frozenset[int]:
        """The positions of the sources whose version of a unit of spans is in the set."""
        return taken_from(self._span_units[unit_id])


def schema_of_adjudication(adjudication: Adjudication) -> Schema:
    """Return the schema that the adjudicated set is made under."""
    return schema_of(adjudication.annotation_set.schema_version)


def read_board(adjudication: Adjudication, keys: Collection[int] | None = None) -> Board:
    """Read all of an adjudication, or only these units; a relation is read together with its ends."""
    of_adjudication = {"adjudication": adjudication} | ({} if keys is None else {"pk__in": keys})
    rows = list(Unit.objects.filter(**of_adjudication).order_by(*IN_ORDER))
    decisions = current_decisions(adjudication, keys)
    span_units = {
        row.pk: SpanUnit(
            row.pk,
            tuple(read_spans(version) for version in row.versions),
            ruling_of(decisions.get(row.pk), row),
            row.is_added,
        )
        for row in rows
        if row.kind == UnitKind.SPAN
    }
    relation_units = [_relation_unit(row, decisions.get(row.pk)) for row in rows if row.kind == UnitKind.RELATION]
    derived = derive(span_units.values(), relation_units, schema_of_adjudication(adjudication))
    units = [UnitSeen(row, decisions.get(row.pk), derived.standings[row.pk]) for row in rows]
    return Board(units, derived, span_units)


def current_decisions(adjudication: Adjudication, keys: Collection[int] | None = None) -> dict[int, Decision]:
    """Return the decisions that stand, by unit: all, or those about these units."""
    current = Decision.objects.filter(adjudication=adjudication, is_current=True)
    if keys is not None:
        current = current.filter(unit__in=keys)
    return {decision.unit_id: decision for decision in current.select_related("by").order_by("id")}


def read_units(adjudication: Adjudication, keys: Collection[int]) -> dict[int, UnitSeen]:
    """Return some units by key, in order of the text, where they stand as it was noted last."""
    rows = list(Unit.objects.filter(adjudication=adjudication, pk__in=keys).order_by(*IN_ORDER))
    if not all(row.stands for row in rows):
        everything = read_board(adjudication).by_id
        return {row.pk: everything[row.pk] for row in rows}
    decisions = current_decisions(adjudication, keys)
    return {row.pk: UnitSeen(row, decisions.get(row.pk), NOTED[Stands(row.stands)]) for row in rows}


def _relation_unit(row: Unit, decision: Decision | None) -> RelationUnit:
    if row.from_unit_id is None or row.to_unit_id is None:
        raise ValueError(f"Unit {row.pk} is about relations and lacks an end.")
    versions = tuple(read_relations(version) for version in row.versions)
    ruling = ruling_of(decision, row)
    return RelationUnit(row.pk, row.uid, row.from_unit_id, row.to_unit_id, versions, ruling, row.is_added)


def ruling_of(decision: Decision | None, unit: Unit) -> Ruling | None:
    """Return a decision as far as the set depends on it; None for none."""
    if decision is None:
        return None
    kind = DecisionKind(decision.kind)
    if unit.kind == UnitKind.RELATION:
        return Ruling(kind, source=decision.source, labels=tuple(each["label"] for each in decision.outcome))
    outcome = read_spans(decision.outcome)
    return Ruling(kind, source=decision.source, outcome=outcome, merged_into=decision.merged_into_id)
