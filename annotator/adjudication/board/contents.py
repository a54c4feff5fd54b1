"""The units of an adjudication in order, each with its current decision and status, and the content of the set."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from annotator.adjudication.models import Adjudication, Decision, StoredStatus, Unit, UnitKind
from annotator.adjudication.units.derivation import (
    Derived,
    End,
    RelationUnit,
    Ruling,
    SpanUnit,
    UnitStatus,
    derive,
    taken_from,
)
from annotator.adjudication.units.versions import (
    Arrow,
    DecisionKind,
    Relations,
    Spans,
    StoredVersions,
    read_arrows,
    read_relations,
    read_spans,
)
from annotator.platform.prepared import PreparedQuery, among, many
from projects.schema import Schema
from projects.selectors import schema_of

IN_ORDER = ("start", "-kind", "end", "id")
"""Order of the text; spans before the relations at the same position."""
STATUS_OF_STORED = {
    StoredStatus.OPEN: UnitStatus.OPEN,
    StoredStatus.LATER: UnitStatus.OPEN,
    StoredStatus.DECIDED: UnitStatus.DECIDED,
    StoredStatus.AGREED: UnitStatus.DECIDED,
    StoredStatus.FOLLOWS: UnitStatus.FOLLOWS,
    StoredStatus.GONE: UnitStatus.GONE,
    StoredStatus.WAITING: UnitStatus.WAITING,
}


@dataclass(frozen=True)
class BoardUnit:
    """A unit with its current decision (which may leave it open) and its status."""

    row: Unit
    decision: Decision | None
    status: UnitStatus
    read: SpanUnit | None = None
    """The same of a unit of spans, with what is read of it already."""

    @property
    def is_span(self) -> bool:
        """Whether the unit is about spans, not about relations."""
        return self.row.kind == UnitKind.SPAN

    @property
    def is_open(self) -> bool:
        """Whether the unit needs a decision before the adjudication can be completed."""
        return self.status is UnitStatus.OPEN

    @property
    def is_contested(self) -> bool:
        """Whether people decide about the unit: it was neither accepted automatically nor follows from others."""
        was_accepted = self.decision is not None and self.decision.kind == DecisionKind.AGREED
        return self.is_open or (self.status is UnitStatus.DECIDED and not was_accepted)

    @property
    def stored_status(self) -> StoredStatus:
        """The status as it is stored with the unit."""
        if self.is_open:
            return StoredStatus.OPEN if self.decision is None else StoredStatus.LATER
        if self.status is UnitStatus.DECIDED and not self.is_contested:
            return StoredStatus.AGREED
        return StoredStatus(self.status.value)

    @cached_property
    def spans(self) -> Sequence[Spans]:
        """The version of each annotator; for units of spans."""
        return self.read.versions if self.read else StoredVersions(self.row.versions)

    @cached_property
    def relations(self) -> tuple[Relations, ...]:
        """The version of each annotator; for units of relations."""
        return tuple(read_relations(version) for version in self.row.versions)

    @cached_property
    def outcome(self) -> Spans:
        """The spans decided on; none while the unit is open, and for relations."""
        if self.read:
            return self.read.ruling.outcome if self.read.ruling else ()
        return () if self.decision is None or not self.is_span else read_spans(self.decision.outcome)


@dataclass(frozen=True)
class Board:
    """All units of an adjudication, and the content that the adjudicated set should have."""

    units: Sequence[BoardUnit]
    derived: Derived
    _span_units: dict[int, SpanUnit]

    @cached_property
    def by_id(self) -> dict[int, BoardUnit]:
        """The units by key."""
        return {unit.row.pk: unit for unit in self.units}

    @cached_property
    def contested(self) -> list[BoardUnit]:
        """The units that people decide about, in order of the text."""
        return [unit for unit in self.units if unit.is_contested]

    @cached_property
    def open(self) -> list[BoardUnit]:
        """The units that need a decision."""
        return [unit for unit in self.units if unit.is_open]

    def leading(self, key: int) -> BoardUnit:
        """Return the unit that has the outcome of one: the unit itself, or the one it was merged into."""
        unit = self.by_id[key]
        merged_into = unit.decision.merged_into_id if unit.decision else None
        return unit if merged_into is None else self.by_id.get(merged_into, unit)

    def ends(self, unit: BoardUnit) -> tuple[End, End]:
        """Return both ends of a unit of relations."""
        return relation_ends(unit, self.by_id)

    def arrows_between(self, source: BoardUnit, target: BoardUnit) -> frozenset[Arrow]:
        """Return the relations in the set between the outcomes of two units of spans."""
        return frozenset(
            Arrow(label, from_part, to_part)
            for from_part, start in enumerate(source.outcome)
            for to_part, end in enumerate(target.outcome)
            for label in self._labels_by_ends.get((start.id, end.id), ())
        )

    @cached_property
    def _labels_by_ends(self) -> dict[tuple[str, str], list[str]]:
        labels: dict[tuple[str, str], list[str]] = {}
        for relation in self.derived.state.relations.values():
            labels.setdefault((relation.source, relation.target), []).append(relation.label)
        return labels

    def taken_from(self, unit_id: int) -> frozenset[int]:
        """Return the positions of the sources whose version of a unit of spans is in the set."""
        return taken_from(self._span_units[unit_id])


def relation_ends(unit: BoardUnit, units: Mapping[int, BoardUnit]) -> tuple[End, End]:
    """Return both ends of a unit of relations; `units` holds the units there and those they were merged into."""
    source, target = unit.row.from_unit_id, unit.row.to_unit_id
    if source is None or target is None:
        raise ValueError(f"Unit {unit.row.pk} is about relations and has no unit at one end.")
    return _end(units[source], units), _end(units[target], units)


def _end(unit: BoardUnit, units: Mapping[int, BoardUnit]) -> End:
    merged_into = unit.decision.merged_into_id if unit.decision else None
    leading = unit if merged_into is None else units.get(merged_into, unit)
    return End(unit.spans, () if leading.is_open else leading.outcome)


def read_ends(adjudication: Adjudication, unit: BoardUnit) -> tuple[End, End]:
    """Read both ends of a unit of relations."""
    keys = {key for key in (unit.row.from_unit_id, unit.row.to_unit_id) if key is not None}
    units = read_units(adjudication, keys)
    merged = {other.decision.merged_into_id for other in units.values() if other.decision} - {None}
    leading = read_units(adjudication, {key for key in merged if key is not None}) if merged else {}
    return relation_ends(unit, units | leading)


def schema_of_adjudication(adjudication: Adjudication) -> Schema:
    """Return the schema of the adjudicated set."""
    return schema_of(adjudication.annotation_set.schema_version)


def read_board(adjudication: Adjudication, keys: Collection[int] | None = None) -> Board:
    """Read all units of an adjudication, or only these; `keys` with a relation hold the units at its ends as well."""
    of_adjudication = {"adjudication": adjudication} | ({} if keys is None else {"pk__in": keys})
    rows = list(Unit.objects.filter(**of_adjudication).order_by(*IN_ORDER))
    return make_board(rows, current_decisions(adjudication, keys), schema_of_adjudication(adjudication))


def make_board(
    rows: Sequence[Unit],
    decisions: Mapping[int, Decision],
    schema: Schema,
    *,
    versions: Mapping[int, Sequence[Spans]] | None = None,
) -> Board:
    """Return a board of units in order of the text; `versions` of units of spans by key, as far as they are read."""
    known = versions or {}
    span_units = {
        row.pk: SpanUnit(
            row.pk,
            known.get(row.pk) or StoredVersions(row.versions),
            ruling_of(decisions.get(row.pk), row),
            row.is_added,
        )
        for row in rows
        if row.kind == UnitKind.SPAN
    }
    relation_units = [_relation_unit(row, decisions.get(row.pk)) for row in rows if row.kind == UnitKind.RELATION]
    derived = derive(span_units.values(), relation_units, schema)
    units = [BoardUnit(row, decisions.get(row.pk), derived.statuses[row.pk], span_units.get(row.pk)) for row in rows]
    return Board(units, derived, span_units)


def _current(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    # In this order the database begins with the units; in that of the keys, with all decisions of the adjudication.
    return decisions.filter(is_current=True).select_related("by").order_by("unit", "id")


# A page of the desk runs both several times, and building them would take longer than running them.
# Without the adjudication, by which SQLite would look through all of its units and decisions.
_decisions_about = PreparedQuery(lambda: _current(Decision.objects.filter(unit__in=among("keys", "bigint"))))
_units_of = PreparedQuery(lambda: Unit.objects.filter(pk__in=among("keys", "bigint")).order_by(*IN_ORDER))


def current_decisions(adjudication: Adjudication, keys: Collection[int] | None = None) -> dict[int, Decision]:
    """Return the current decisions by unit: all, or those about these units."""
    if keys is None:
        decisions = list(_current(Decision.objects.filter(adjudication=adjudication)))
    else:
        decisions = _decisions_about.all(keys=many(list(keys)))
    return {decision.unit_id: decision for decision in decisions if decision.adjudication_id == adjudication.pk}


def read_units(adjudication: Adjudication, keys: Collection[int]) -> dict[int, BoardUnit]:
    """Return some units by key, in order of the text, with their stored status."""
    rows = _units_of.all(keys=many(list(keys))) if keys else []
    rows = [row for row in rows if row.adjudication_id == adjudication.pk]
    if not all(row.status for row in rows):
        everything = read_board(adjudication).by_id
        return {row.pk: everything[row.pk] for row in rows}
    decisions = current_decisions(adjudication, keys)
    return {row.pk: BoardUnit(row, decisions.get(row.pk), STATUS_OF_STORED[StoredStatus(row.status)]) for row in rows}


def _relation_unit(row: Unit, decision: Decision | None) -> RelationUnit:
    if row.from_unit_id is None or row.to_unit_id is None:
        raise ValueError(f"Unit {row.pk} is about relations and has no unit at one end.")
    versions = tuple(read_relations(version) for version in row.versions)
    ruling = ruling_of(decision, row)
    return RelationUnit(row.pk, row.uid, row.from_unit_id, row.to_unit_id, versions, ruling, row.is_added)


def ruling_of(decision: Decision | None, unit: Unit) -> Ruling | None:
    """Return the part of a decision that the set depends on; None for none."""
    if decision is None:
        return None
    kind = DecisionKind(decision.kind)
    if unit.kind == UnitKind.RELATION:
        return Ruling(kind, source=decision.source, arrows=read_arrows(decision.outcome))
    outcome = read_spans(decision.outcome)
    return Ruling(kind, source=decision.source, outcome=outcome, merged_into=decision.merged_into_id)
