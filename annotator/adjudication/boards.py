"""An adjudication as it lies on the table: its units in order, what stands about each, what the set holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from annotator.adjudication.derivation import (
    Derived,
    RelationUnit,
    Ruling,
    SpanUnit,
    Standing,
    derive,
    is_open,
    taken_from,
)
from annotator.adjudication.models import Adjudication, Decision, Unit, UnitKind
from annotator.adjudication.versions import DecisionKind, Relations, Spans, read_relations, read_spans
from projects.schema import Schema
from projects.selectors import schema_of


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

    def taken_from(self, unit_id: int) -> frozenset[int]:
        """The positions of the sources whose version of a unit of spans is in the set."""
        return taken_from(self._span_units[unit_id])


def schema_of_adjudication(adjudication: Adjudication) -> Schema:
    """Return the schema that the adjudicated set is made under."""
    return schema_of(adjudication.annotation_set.schema_version)


def read_board(adjudication: Adjudication) -> Board:
    """Read all of an adjudication."""
    rows = list(Unit.objects.filter(adjudication=adjudication).order_by("start", "-kind", "end", "id"))
    current = Decision.objects.filter(adjudication=adjudication, is_current=True).select_related("by").order_by("id")
    decisions = {decision.unit_id: decision for decision in current}
    span_units = {
        row.pk: SpanUnit(
            row.pk, tuple(read_spans(version) for version in row.versions), ruling_of(decisions.get(row.pk), row)
        )
        for row in rows
        if row.kind == UnitKind.SPAN
    }
    relation_units = [_relation_unit(row, decisions.get(row.pk)) for row in rows if row.kind == UnitKind.RELATION]
    derived = derive(span_units.values(), relation_units, schema_of_adjudication(adjudication))
    units = [UnitSeen(row, decisions.get(row.pk), derived.standings[row.pk]) for row in rows]
    return Board(units, derived, span_units)


def _relation_unit(row: Unit, decision: Decision | None) -> RelationUnit:
    if row.from_unit_id is None or row.to_unit_id is None:
        raise ValueError(f"Unit {row.pk} is about relations and lacks an end.")
    versions = tuple(read_relations(version) for version in row.versions)
    return RelationUnit(row.pk, row.uid, row.from_unit_id, row.to_unit_id, versions, ruling_of(decision, row))


def ruling_of(decision: Decision | None, unit: Unit) -> Ruling | None:
    """Return a decision as far as the set depends on it; None for none."""
    if decision is None:
        return None
    kind = DecisionKind(decision.kind)
    if unit.kind == UnitKind.RELATION:
        return Ruling(kind, source=decision.source, labels=tuple(each["label"] for each in decision.outcome))
    outcome = read_spans(decision.outcome)
    return Ruling(kind, source=decision.source, outcome=outcome, merged_into=decision.merged_into_id)


def is_undecided(decision: Decision | None, unit: Unit) -> bool:
    """Whether a decision leaves its unit open."""
    return is_open(ruling_of(decision, unit))
