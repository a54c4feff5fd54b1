"""The units that people decide about, in order of the text, without their content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, QuerySet

from annotator.adjudication.board.contents import IN_ORDER, read_board
from annotator.adjudication.models import CONTESTED, Adjudication, StoredStatus, Unit

STILL_OPEN = (StoredStatus.OPEN, StoredStatus.LATER)


@dataclass(frozen=True)
class Overview:
    """The number of units, and the contested ones as (key, stored status) in order of the text."""

    units: int
    waiting: int
    contested: Sequence[tuple[int, str]]

    @cached_property
    def keys(self) -> list[int]:
        """The keys of the contested units, in order."""
        return [key for key, _ in self.contested]

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The numbers of the contested units on the pages, from 1, by key."""
        return {key: number for number, key in enumerate(self.keys, start=1)}

    @cached_property
    def open(self) -> list[int]:
        """The units that need a decision; skipped ones, and those open again after a decision, come last."""
        undecided = [(key, status) for key, status in self.contested if status in STILL_OPEN]
        return [key for key, _ in sorted(undecided, key=lambda unit: unit[1] == StoredStatus.LATER)]

    @property
    def accepted(self) -> int:
        """The number of units that were accepted automatically, or follow from others."""
        return self.units - len(self.contested) - self.waiting

    def next_open(self, *, after: int) -> int | None:
        """Return the next open unit in the text after this one; the search starts over after the last.

        Skipped units come after all others.
        """
        here = self.numbers.get(after, 0)
        still_open = (
            (status == StoredStatus.LATER, number <= here, number, key)
            for number, (key, status) in enumerate(self.contested, start=1)
            if status in STILL_OPEN
        )
        following = min(still_open, default=None)
        return following[-1] if following else None

    def upcoming(self, *, after: int, most: int = 4) -> list[int]:
        """Return the open units that the user comes to next, at most so many, without the one in question."""
        here = self.numbers.get(after, 0)
        others = [key for key in self.open if key != after]
        return sorted(others, key=lambda key: self.numbers[key] <= here)[:most]


def read_overview(adjudication: Adjudication) -> Overview:
    """Return the units that people decide about."""
    of_adjudication = Unit.objects.filter(adjudication=adjudication)
    if of_adjudication.filter(status="").exists():
        return _compute_overview(adjudication)
    counts = of_adjudication.order_by().values("status").annotate(count=Count("id")).values_list("status", "count")
    by_status = dict(counts)
    contested = of_adjudication.filter(status__in=CONTESTED).order_by(*IN_ORDER)
    return Overview(
        sum(by_status.values()) - removed_additions(adjudication).count(),
        by_status.get(StoredStatus.WAITING, 0),
        list(contested.values_list("pk", "status")),
    )


def removed_additions(adjudication: Adjudication) -> QuerySet[Unit]:
    """Return the units that an adjudicator added and removed again by undo."""
    return Unit.objects.filter(adjudication=adjudication, is_added=True, status=StoredStatus.GONE).order_by("id")


def _compute_overview(adjudication: Adjudication) -> Overview:
    """Return the overview of an adjudication whose units have no stored status yet."""
    units = read_board(adjudication).units
    waiting = sum(unit.stored_status == StoredStatus.WAITING for unit in units)
    contested = [(unit.row.pk, unit.stored_status) for unit in units if unit.stored_status in CONTESTED]
    return Overview(len(units), waiting, contested)


def open_count(adjudication: Adjudication) -> int:
    """Return the number of units that need a decision."""
    return Unit.objects.filter(adjudication=adjudication, status__in=STILL_OPEN).count()
