"""Which units people decide about, in order of the text, without reading what these hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, QuerySet

from annotator.adjudication.board.contents import IN_ORDER, read_board
from annotator.adjudication.models import CONTESTED, Adjudication, Stands, Unit

STILL_OPEN = (Stands.OPEN, Stands.LATER)


@dataclass(frozen=True)
class Overview:
    """How many units there are, and those that people decide about, by key in order of the text, and how they stand."""

    units: int
    waiting: int
    contested: Sequence[tuple[int, str]]

    @cached_property
    def keys(self) -> list[int]:
        """What people decide about, in order."""
        return [key for key, _ in self.contested]

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number by which each is called, from 1."""
        return {key: number for number, key in enumerate(self.keys, start=1)}

    @cached_property
    def open(self) -> list[int]:
        """What is still to be decided; what was left for later, or open again after a decision, comes last."""
        waiting = [(stands == Stands.LATER, key) for key, stands in self.contested if stands in STILL_OPEN]
        return [key for _, key in sorted(waiting, key=lambda each: each[0])]

    @property
    def settled(self) -> int:
        """How many settled themselves, or follow from others."""
        return self.units - len(self.contested) - self.waiting

    def next_open(self, *, after: int) -> int | None:
        """Return the next open unit in the text after this one, from the beginning again after the last.

        What was left for later comes after everything else.
        """
        here = self.numbers.get(after, 0)
        still_open = (
            (stands == Stands.LATER, number <= here, number, key)
            for number, (key, stands) in enumerate(self.contested, start=1)
            if stands in STILL_OPEN
        )
        found = min(still_open, default=None)
        return found[-1] if found else None


def read_overview(adjudication: Adjudication) -> Overview:
    """Return which units people decide about."""
    of_adjudication = Unit.objects.filter(adjudication=adjudication)
    if of_adjudication.filter(stands="").exists():
        return _found_out(adjudication)
    counts = of_adjudication.order_by().values("stands").annotate(count=Count("id")).values_list("stands", "count")
    by_standing = dict(counts)
    contested = of_adjudication.filter(stands__in=CONTESTED).order_by(*IN_ORDER)
    return Overview(
        sum(by_standing.values()) - gone_again(adjudication).count(),
        by_standing.get(Stands.WAITING, 0),
        list(contested.values_list("pk", "stands")),
    )


def gone_again(adjudication: Adjudication) -> QuerySet[Unit]:
    """Return what an adjudicator added and took back: it is no unit any more."""
    return Unit.objects.filter(adjudication=adjudication, is_added=True, stands=Stands.GONE).order_by("id")


def _found_out(adjudication: Adjudication) -> Overview:
    """The same where nobody has decided since standings are kept."""
    units = read_board(adjudication).units
    waiting = sum(unit.stands == Stands.WAITING for unit in units)
    return Overview(len(units), waiting, [(unit.row.pk, unit.stands) for unit in units if unit.stands in CONTESTED])


def open_count(adjudication: Adjudication) -> int:
    """Return how many units are still to be decided."""
    return Unit.objects.filter(adjudication=adjudication, stands__in=STILL_OPEN).count()
