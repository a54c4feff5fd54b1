"""The whole text on one page: what stands, and under each contested paragraph every annotator's version in a lane."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotator.adjudication.board.contents import UnitSeen
from annotator.adjudication.pages.presentation import Desk
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.spans.markup import NOTHING, Mark, line_extents, mark_lines


@dataclass(frozen=True)
class LineShown:
    """A line of the text: what stands with the numbers of its units, and where something is contested, more.

    `lanes` has the line once for every annotator, by their letters; `relations` leads to relations that begin here.
    """

    stands: SafeString
    lanes: list[tuple[str, SafeString]]
    relations: list[SafeString]


class WholeText:
    """Draws all units of an adjudication into its text."""

    def __init__(self, text: str, units: Sequence[UnitSeen], desk: Desk, names: SchemaNames) -> None:
        self._text = text
        self._units = units
        self._desk = desk
        self._names = names

    def lines(self) -> list[LineShown]:
        """The lines of the text, in order."""
        spans = [unit for unit in self._units if unit.is_span]
        contested = [unit for unit in self._units if unit.is_contested]
        stands = mark_lines(self._text, [mark for unit in spans for mark in self._standing(unit)])
        lanes = [self._lane(position, contested) for position in range(len(self._desk.letters))]
        found = []
        for number, ((low, high), html) in enumerate(zip(line_extents(self._text), stands, strict=True)):
            here = [unit for unit in contested if unit.row.start < high and unit.row.end > low]
            found.append(
                LineShown(
                    stands=html,
                    lanes=[(letter, lane[number]) for letter, lane in zip(self._desk.letters, lanes, strict=True)]
                    if any(unit.is_span for unit in here)
                    else [],
                    relations=[self._marker(unit) for unit in here if not unit.is_span and unit.row.start >= low],
                )
            )
        return found

    def _standing(self, unit: UnitSeen) -> list[Mark]:
        """What stands, or at an open unit what anybody marked; its number stands before the first."""
        spans = {(span.label, span.fragments): span for version in unit.spans for span in version}
        shown = unit.outcome if unit.decision and not unit.is_open else tuple(spans.values())
        marker = self._marker(unit) if unit.is_contested else NOTHING
        return [
            Mark(
                span.fragments,
                f"{self._names.style(span.label)} {_looks(unit)}",
                before=NOTHING if place else marker,
            )
            for place, span in enumerate(shown)
        ]

    def _lane(self, position: int, contested: Sequence[UnitSeen]) -> list[SafeString]:
        """The lines as one annotator marked what is contested."""
        spans = [span for unit in contested if unit.is_span for span in unit.spans[position]]
        return mark_lines(
            self._text, [Mark(span.fragments, f"{self._names.style(span.label)} lane-version") for span in spans]
        )

    def _marker(self, unit: UnitSeen) -> SafeString:
        number = self._desk.number(unit)
        return format_html(
            '<a class="marker {}" href="?unit={}" aria-label="{}">{}{}{}</a>',
            _looks(unit),
            unit.row.pk,
            f"Unit {number}: {self._desk.title(unit)}, {self._desk.state(unit)}",
            number,
            "?" if unit.is_open else "✓",
            "" if unit.is_span else f" → {self._desk.title(unit)}",
        )


def _looks(unit: UnitSeen) -> str:
    return "unit-open" if unit.is_open else "unit-decided"
