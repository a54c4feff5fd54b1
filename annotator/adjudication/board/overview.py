"""The units that people decide about, by location in order of the text, without their content."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from annotator.adjudication.board.contents import IN_ORDER, BoardUnit, read_board
from annotator.adjudication.models import CONTESTED, Adjudication, StoredStatus, Unit
from annotator.adjudication.units.locations import locate

STILL_OPEN = (StoredStatus.OPEN, StoredStatus.LATER)

Locations = Sequence[Sequence[tuple[int, str]]]
"""The units at each location as (key, stored status), in order of the text."""


class UnitNumber(NamedTuple):
    """The number of a contested unit on the pages: its location, and its place among the units there, from 1."""

    location: int
    place: int
    units: int

    def __str__(self) -> str:
        return str(self.location) if self.units == 1 else f"{self.location}.{self.place}"


@dataclass(frozen=True)
class Overview:
    """The number of units, and the contested ones as (key, stored status), by location in order of the text."""

    units: int
    waiting: int
    locations: Locations

    @cached_property
    def contested(self) -> list[tuple[int, str]]:
        """The contested units in order."""
        return [unit for units in self.locations for unit in units]

    @cached_property
    def keys(self) -> list[int]:
        """The keys of the contested units, in order."""
        return [key for key, _ in self.contested]

    def numbers(self, keys: Iterable[int]) -> dict[int, UnitNumber]:
        """Return the numbers of units on the pages by key, for those of them that are contested."""
        numbers = {}
        for key in keys:
            location = self.location_of(key)
            if location:
                units = [unit for unit, _ in self.locations[location - 1]]
                numbers[key] = UnitNumber(location, units.index(key) + 1, len(units))
        return numbers

    def location_of(self, key: int) -> int | None:
        """Return the number of the location of a contested unit, from 1; None for other units."""
        return self._location_of.get(key)

    @cached_property
    def _location_of(self) -> dict[int, int]:
        return {key: number for number, units in enumerate(self.locations, start=1) for key, _ in units}

    @cached_property
    def open(self) -> list[int]:
        """The units that need a decision; skipped ones, and those open again after a decision, come last."""
        undecided = [(key, status) for key, status in self.contested if status in STILL_OPEN]
        return [key for key, _ in sorted(undecided, key=lambda unit: unit[1] == StoredStatus.LATER)]

    @property
    def open_locations(self) -> int:
        """The number of locations with a unit that needs a decision."""
        return sum(any(status in STILL_OPEN for _, status in units) for units in self.locations)

    @property
    def accepted(self) -> int:
        """The number of units that were accepted automatically, or follow from others."""
        return self.units - len(self.contested) - self.waiting

    @cached_property
    def _places(self) -> dict[int, int]:
        return {key: place for place, key in enumerate(self.keys, start=1)}

    def next_open(self, *, after: int) -> int | None:
        """Return the next open unit in the text after this one; the search starts over after the last.

        Skipped units come after all others.
        """
        here = self._places.get(after, 0)
        still_open = (
            (status == StoredStatus.LATER, place <= here, place, key)
            for place, (key, status) in enumerate(self.contested, start=1)
            if status in STILL_OPEN
        )
        following = min(still_open, default=None)
        return following[-1] if following else None

    def upcoming(self, *, after: int, most: int = 4) -> list[int]:
        """Return the open units that the user comes to next, at most so many, without the one in question."""
        here = self._places.get(after, 0)
        others = [key for key in self.open if key != after]
        return sorted(others, key=lambda key: self._places[key] <= here)[:most]


def read_overview(adjudication: Adjudication) -> Overview:
    """Return the units that people decide about."""
    if not is_stored(adjudication):
        return _compute_overview(adjudication)
    of_adjudication = Unit.objects.filter(adjudication=adjudication)
    counts = of_adjudication.order_by().values("status").annotate(count=Count("id")).values_list("status", "count")
    by_status = dict(counts)
    contested = of_adjudication.filter(status__in=CONTESTED).order_by(*IN_ORDER)
    return Overview(
        sum(by_status.values()) - removed_additions(adjudication).count(),
        by_status.get(StoredStatus.WAITING, 0),
        _by_location(contested.values_list("pk", "status", "location")),
    )


def locations_with(adjudication: Adjudication, key: int) -> Locations:
    """Return the contested units by location, together with one other unit, in order of the text."""
    if not is_stored(adjudication):
        return _computed_locations(read_board(adjudication).units, also=key)
    units = Unit.objects.filter(Q(status__in=CONTESTED) | Q(pk=key), adjudication=adjudication).order_by(*IN_ORDER)
    return _by_location(units.values_list("pk", "status", "location"))


def first_at(units: Sequence[tuple[int, str]]) -> int:
    """Return the unit with which to begin at a location: the first that needs a decision, or the first."""
    return next((key for key, status in units if status in STILL_OPEN), units[0][0])


def is_stored(adjudication: Adjudication) -> bool:
    """Return whether status and location of all units are stored: those of older adjudications are not."""
    units = Unit.objects.filter(adjudication=adjudication)
    if units.filter(status="").exists():
        return False
    by_annotators = units.filter(is_added=False).order_by("id").values_list("location", flat=True)[:1]
    return all(location is not None for location in by_annotators)


def _by_location(rows: Iterable[tuple[int, str, int | None]]) -> Locations:
    """The units of each location together, at its first unit; without a location a unit is by itself."""
    locations: dict[int, list[tuple[int, str]]] = {}
    for key, status, location in rows:
        locations.setdefault(-key if location is None else location, []).append((key, status))
    return list(locations.values())


def removed_additions(adjudication: Adjudication) -> QuerySet[Unit]:
    """Return the units that an adjudicator added and removed again by undo."""
    return Unit.objects.filter(adjudication=adjudication, is_added=True, status=StoredStatus.GONE).order_by("id")


def _compute_overview(adjudication: Adjudication) -> Overview:
    """Return the overview of an adjudication whose units have no stored status or location yet."""
    units = read_board(adjudication).units
    waiting = sum(unit.stored_status == StoredStatus.WAITING for unit in units)
    return Overview(len(units), waiting, _computed_locations(units))


def _computed_locations(units: Sequence[BoardUnit], *, also: int = 0) -> Locations:
    locations = locations_of_units(units)
    shown = [unit for unit in units if unit.stored_status in CONTESTED or unit.row.pk == also]
    return _by_location((unit.row.pk, unit.stored_status, locations.get(unit.row.pk)) for unit in shown)


def locations_of_units(units: Sequence[BoardUnit]) -> Mapping[int, int]:
    """Return the location of each unit by key; units that an adjudicator added have none."""
    spans = [unit for unit in units if unit.is_span and not unit.row.is_added]
    numbers = {unit.row.pk: number for number, unit in enumerate(spans)}
    relations = [
        (unit.row.pk, (numbers[source], numbers[target]))
        for unit in units
        if not unit.is_span
        and not unit.row.is_added
        and (source := unit.row.from_unit_id) in numbers
        and (target := unit.row.to_unit_id) in numbers
    ]
    of_spans, of_relations = locate([unit.spans for unit in spans], (ends for _, ends in relations))
    keys = [*numbers, *(key for key, _ in relations)]
    return dict(zip(keys, [*of_spans, *of_relations], strict=True))


def open_count(adjudication: Adjudication) -> int:
    """Return the number of units that need a decision."""
    return Unit.objects.filter(adjudication=adjudication, status__in=STILL_OPEN).count()
