"""The units that people decide about, by location in order of the text, without their content.

Every decision and every page reads them all, in a long document ten thousand: they are kept as columns, and grouped as
arrays.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, pairwise
from typing import NamedTuple

import numpy as np
from django.db.models import Count, F, IntegerField, Q, QuerySet
from django.db.models.functions import Coalesce

from annotator.adjudication.board.contents import IN_ORDER, BoardUnit, read_board
from annotator.adjudication.models import CONTESTED, Adjudication, StoredStatus, Unit
from annotator.adjudication.units.locations import locate
from annotator.platform.bulk_rows import driver_rows

STILL_OPEN = (StoredStatus.OPEN, StoredStatus.LATER)

Locations = Sequence[Sequence[tuple[int, str]]]
"""The units at each location as (key, stored status), in order of the text."""
Row = tuple[int, str, int]
"""Key, stored status and location of a unit; one without a location has a negative number of its own."""


class UnitNumber(NamedTuple):
    """The number of a contested unit on the pages: its location, and its place among the units there, from 1."""

    location: int
    place: int
    units: int

    def __str__(self) -> str:
        return str(self.location) if self.units == 1 else f"{self.location}.{self.place}"


@dataclass(frozen=True)
class Overview:
    """The number of units, and the contested ones by key and stored status, by location in order of the text.

    `starts` are the indexes of the first unit of each location.
    """

    units: int
    waiting: int
    keys: Sequence[int]
    statuses: Sequence[str]
    starts: Sequence[int]
    open_locations: int
    """The number of locations with a unit that needs a decision."""

    @property
    def locations(self) -> Locations:
        """The units at all locations."""
        return self.between(0, len(self.starts))

    def between(self, low: int, high: int) -> Locations:
        """Return the units at some locations, given by their indexes."""
        edges = [*self.starts[low : high + 1], len(self.keys)][: max(0, high - low) + 1]
        units = list(zip(self.keys[edges[0] : edges[-1]], self.statuses[edges[0] : edges[-1]], strict=True))
        return [units[start - edges[0] : end - edges[0]] for start, end in pairwise(edges)]

    def numbers(self, keys: Iterable[int]) -> dict[int, UnitNumber]:
        """Return the numbers of units on the pages by key, for those of them that are contested."""
        numbers = {}
        for key in keys:
            location = self.location_of(key)
            if location:
                start, end = [*self.starts[location - 1 : location + 1], len(self.keys)][:2]
                numbers[key] = UnitNumber(location, self._places[key] - start, end - start)
        return numbers

    def location_of(self, key: int) -> int | None:
        """Return the number of the location of a contested unit, from 1; None for other units."""
        place = self._places.get(key)
        return None if place is None else bisect_right(self.starts, place - 1)

    @cached_property
    def open(self) -> list[int]:
        """The units that need a decision; skipped ones, and those open again after a decision, come last."""
        return list(chain.from_iterable(self._with(status, 0) for status in STILL_OPEN))

    def _with(self, status: str, low: int) -> Iterator[int]:
        """Yield the units with a status, in order, from an index on."""
        for index in range(low, len(self.keys)):
            if self.statuses[index] == status:
                yield self.keys[index]

    @property
    def accepted(self) -> int:
        """The number of units that were accepted automatically, or follow from others."""
        return self.units - len(self.keys) - self.waiting

    @cached_property
    def _places(self) -> dict[int, int]:
        return {key: place for place, key in enumerate(self.keys, start=1)}

    def next_open(self, *, after: int) -> int | None:
        """Return the next open unit in the text after this one; the search starts over after the last.

        Skipped units come after all others.
        """
        here = self._places.get(after, 0)
        following = (chain(self._with(status, here), self._with(status, 0)) for status in STILL_OPEN)
        return next(chain.from_iterable(following), None)

    def upcoming(self, *, after: int, most: int = 4) -> list[int]:
        """Return the open units that the user comes to next, at most so many, without the one in question."""
        here = self._places.get(after, 0)
        later = chain.from_iterable(self._with(status, here) for status in STILL_OPEN)
        earlier = (key for key in self.open if self._places[key] <= here and key != after)
        return list(islice(chain(later, earlier), most))


def read_overview(adjudication: Adjudication) -> Overview:
    """Return the units that people decide about."""
    if not is_stored(adjudication):
        return _compute_overview(adjudication)
    of_adjudication = Unit.objects.filter(adjudication=adjudication)
    counts = of_adjudication.order_by().values("status").annotate(count=Count("id")).values_list("status", "count")
    by_status = dict(counts)
    return _overview(
        _rows(of_adjudication.filter(status__in=CONTESTED)),
        units=sum(by_status.values()) - removed_additions(adjudication).count(),
        waiting=by_status.get(StoredStatus.WAITING, 0),
    )


def overview_with(adjudication: Adjudication, key: int) -> Overview:
    """Return an overview that holds one other unit beside those that people decide about, and counts no others."""
    if not is_stored(adjudication):
        return _compute_overview(adjudication, also=key)
    return _overview(_rows(Unit.objects.filter(Q(status__in=CONTESTED) | Q(pk=key), adjudication=adjudication)))


def _rows(units: QuerySet[Unit]) -> Sequence[Row]:
    """Read units in order of the text."""
    location = Coalesce("location", -F("pk"), output_field=IntegerField())
    return driver_rows(units.order_by(*IN_ORDER).values_list("pk", "status", location))


def _overview(rows: Sequence[Row], *, units: int = 0, waiting: int = 0) -> Overview:
    """Put the units of each location together, at its first unit."""
    keys, statuses, locations = zip(*rows, strict=True) if rows else ((), (), ())
    _numbers, first, location = np.unique(np.array(locations, dtype=np.int64), return_index=True, return_inverse=True)
    begins = first[location]
    order = np.argsort(begins, kind="stable")
    starts = np.flatnonzero(np.diff(begins[order], prepend=-1))
    is_open = np.array([statuses[index] in STILL_OPEN for index in order.tolist()], dtype=np.int64)
    open_units = np.add.reduceat(is_open, starts) if len(starts) else is_open
    return Overview(
        units,
        waiting,
        [keys[index] for index in order.tolist()],
        [statuses[index] for index in order.tolist()],
        starts.tolist(),
        int(np.count_nonzero(open_units)),
    )


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


def removed_additions(adjudication: Adjudication) -> QuerySet[Unit]:
    """Return the units that an adjudicator added and removed again by undo."""
    return Unit.objects.filter(adjudication=adjudication, is_added=True, status=StoredStatus.GONE).order_by("id")


def _compute_overview(adjudication: Adjudication, *, also: int = 0) -> Overview:
    """Return the overview of an adjudication whose units have no stored status or location yet."""
    units = read_board(adjudication).units
    waiting = sum(unit.stored_status == StoredStatus.WAITING for unit in units)
    locations = locations_of_units(units)
    shown = [unit for unit in units if unit.stored_status in CONTESTED or unit.row.pk == also]
    rows = [(unit.row.pk, unit.stored_status, locations.get(unit.row.pk, -unit.row.pk)) for unit in shown]
    return _overview(rows, units=len(units), waiting=waiting)


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
