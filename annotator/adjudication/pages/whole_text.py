"""The whole document on one page: outcomes, and below each contested line the versions of all annotators in lanes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from annotator.adjudication.board.contents import BoardUnit
from annotator.adjudication.pages.presentation import Desk
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.markup import NOTHING, Mark, line_extents, mark_lines


@dataclass(frozen=True)
class LineView:
    """A line of the text with the outcomes and the numbers of its units.

    On contested lines `lanes` has the line once for each annotator, by letter; `relations` are links to those that
    begin here.
    """

    outcome: SafeString
    lanes: list[tuple[str, SafeString]]
    relations: list[SafeString]


class WholeText:
    """A drawing of all units of an adjudication in its text."""

    def __init__(self, document: Document, units: Sequence[BoardUnit], desk: Desk, names: SchemaNames) -> None:
        self._document = document.pk
        self._text = document.text
        self._units = units
        self._desk = desk
        self._names = names

    def lines(self) -> list[LineView]:
        """Return the lines of the text, in order."""
        spans = [unit for unit in self._units if unit.is_span]
        contested = [unit for unit in self._units if unit.is_contested]
        outcomes = mark_lines(self._text, [mark for unit in spans for mark in self._outcome(unit)])
        lanes = [self._lane(position, contested) for position in range(len(self._desk.letters))]
        lines = []
        for number, ((low, high), html) in enumerate(zip(line_extents(self._text), outcomes, strict=True)):
            here = [unit for unit in contested if unit.row.start < high and unit.row.end > low]
            lines.append(
                LineView(
                    outcome=html,
                    lanes=[(letter, lane[number]) for letter, lane in zip(self._desk.letters, lanes, strict=True)]
                    if any(unit.is_span for unit in here)
                    else [],
                    relations=[self._marker(unit) for unit in here if not unit.is_span and unit.row.start >= low],
                )
            )
        return lines

    def _outcome(self, unit: BoardUnit) -> list[Mark]:
        """The outcome of a unit, or all versions while it is open; its number comes before the first span."""
        spans = {(span.label, span.fragments): span for version in unit.spans for span in version}
        outcome = unit.outcome if unit.decision and not unit.is_open else tuple(spans.values())
        marker = self._marker(unit) if unit.is_contested else NOTHING
        return [
            Mark(
                span.fragments,
                f"{self._names.style(span.label)} {_style(unit)}",
                before=NOTHING if index else marker,
            )
            for index, span in enumerate(outcome)
        ]

    def _lane(self, position: int, contested: Sequence[BoardUnit]) -> list[SafeString]:
        """The lines with the contested spans of one annotator."""
        spans = [span for unit in contested if unit.is_span for span in unit.spans[position]]
        return mark_lines(
            self._text, [Mark(span.fragments, f"{self._names.style(span.label)} lane-version") for span in spans]
        )

    def _marker(self, unit: BoardUnit) -> SafeString:
        number = self._desk.number(unit)
        return format_html(
            '<a class="marker {}" href="{}?unit={}" aria-label="{}">{}{}{}</a>',
            _style(unit),
            reverse("adjudication:work", args=[self._document]),
            unit.row.pk,
            _("Unit %(number)s: %(title)s, %(state)s")
            % {"number": number, "title": self._desk.title(unit), "state": self._desk.state(unit)},
            number,
            "?" if unit.is_open else "✓",
            "" if unit.is_span else f" → {self._desk.title(unit)}",
        )


def _style(unit: BoardUnit) -> str:
    return "unit-open" if unit.is_open else "unit-decided"
