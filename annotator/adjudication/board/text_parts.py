"""The text of an adjudication in parts of which each fits on a page, with the units to draw there.

A part ends where the text has enough units or enough characters, at the last line break before, in long lines at the
last space. So a page takes as long for a document of 10,000 spans as for one of 100.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from annotator.adjudication.board.contents import BoardUnit, read_units
from annotator.adjudication.models import Adjudication, StoredStatus, Unit
from annotator.adjudication.units.versions import DecisionKind
from annotator.platform.bulk_rows import driver_rows

MOST_UNITS = 120
LONGEST = 12_000
AROUND = 2_000
"""How far beyond its unit an edited span may reach into another part and still be drawn there."""
MADE_BY_HAND = (DecisionKind.EDITED, DecisionKind.MERGED, DecisionKind.SPLIT, DecisionKind.ADDED)
BREAKS = "\n\u2028\u2029"


@dataclass(frozen=True)
class TextPart:
    """A part of a text: its number from 1, how many there are, and from which code point to which it goes."""

    number: int
    of: int
    start: int
    end: int

    @property
    def previous(self) -> int | None:
        """The number of the part before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        """The number of the part after."""
        return self.number + 1 if self.number < self.of else None


def part_of_text(adjudication: Adjudication, *, number: int | None, at: int) -> TextPart:
    """Return a part by its number, the last one for a larger number; without one, the part at a code point."""
    units = Unit.objects.filter(adjudication=adjudication).exclude(status=StoredStatus.GONE)
    text = adjudication.document.text
    starts = part_starts(text, [start for (start,) in driver_rows(units.order_by("start").values_list("start"))])
    index = bisect_right(starts, at) - 1 if number is None else min(max(number, 1), len(starts)) - 1
    return TextPart(index + 1, len(starts), starts[index], [*starts, len(text)][index + 1])


def part_starts(text: str, units: Sequence[int]) -> list[int]:
    """Return where the parts of a text begin; `units` are the starts of units, in order.

    >>> part_starts("One line.", [0, 4])
    [0]
    """
    starts = [0]
    while True:
        low = starts[-1]
        after = bisect_left(units, low) + MOST_UNITS
        most = units[after] if after < len(units) else len(text)
        limit = min(low + LONGEST, max(most, low + 1))
        if limit >= len(text):
            return starts
        starts.append(_last_break(text, low, limit))


def _last_break(text: str, low: int, limit: int) -> int:
    """Return the position after the last line break between two positions, else after the last space, else the last."""
    after_line = max(text.rfind(sign, low, limit) for sign in BREAKS) + 1
    after_space = text.rfind(" ", low, limit) + 1
    return next((position for position in (after_line, after_space) if position > low), limit)


def _units_between(adjudication: Adjudication, start: int, end: int) -> QuerySet[Unit, int]:
    units = Unit.objects.filter(adjudication=adjudication, start__lt=end, end__gt=start)
    return units.exclude(status=StoredStatus.GONE).order_by("id").values_list("pk", flat=True)


def _reaching(adjudication: Adjudication, part: TextPart) -> QuerySet[Unit, int]:
    """Units near a part that were decided by hand: what was decided can be in it although no annotator marked it."""
    near = _units_between(adjudication, part.start - AROUND, part.end + AROUND)
    return near.filter(decisions__is_current=True, decisions__kind__in=MADE_BY_HAND)


def units_in_part(adjudication: Adjudication, part: TextPart) -> dict[int, BoardUnit]:
    """Return the units to draw in a part, and those that they depend on: ends of relations, and leading units."""
    units = read_units(
        adjudication, {*_units_between(adjudication, part.start, part.end), *_reaching(adjudication, part)}
    )
    merged = {unit.decision.merged_into_id for unit in units.values() if unit.decision} - {None}
    return units | read_units(adjudication, {key for key in merged if key is not None} - units.keys())
