"""A part of the text on one page: outcomes, and below each contested line the versions of all annotators in lanes."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from annotator.adjudication.board.contents import BoardUnit
from annotator.adjudication.board.text_parts import TextPart
from annotator.adjudication.pages.presentation import Desk
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.markup import NOTHING, Mark, clip, line_extents, mark_lines
from annotator.corpus.spans.values import SpanValue

FOCUSED = SafeString(" data-first")


@dataclass(frozen=True)
class LineView:
    """A line of the text with the outcomes and the numbers of its units.

    On contested lines `lanes` has the line once for each annotator, by letter; `markers` are links to units that begin
    here and have no span in the text: relations, and those decided without an annotation.
    """

    outcome: SafeString
    lanes: list[tuple[str, SafeString]] = field(default_factory=list)
    markers: list[SafeString] = field(default_factory=list)


class WholeText:
    """A drawing of all units of a part of the text; `focused` is the unit whose number gets the focus."""

    def __init__(
        self,
        document: Document,
        part: TextPart,
        units: Iterable[BoardUnit],
        desk: Desk,
        names: SchemaNames,
        *,
        focused: int | None = None,
    ) -> None:
        self._part, self._focused = part, focused
        self._address = reverse("adjudication:work", args=[document.pk])
        self._text = document.text[part.start : part.end]
        self._extents = line_extents(self._text)
        self._desk = desk
        self._names = names
        self._units = list(units)

    def lines(self) -> list[LineView]:
        """Return the lines of the part, in order."""
        contested = [unit for unit in self._units if unit.is_contested]
        markers = {unit.row.pk: self._marker(unit) for unit in contested}
        marks = {unit.row.pk: self._outcome(unit, markers) for unit in self._units if unit.is_span}
        outcomes = mark_lines(self._text, [mark for own in marks.values() for mark in own])
        in_lanes = {line for unit in contested if unit.is_span for line in self._lines_of(unit)}
        lanes = [self._lane(position, contested) for position in range(len(self._desk.letters))]
        alone = self._markers_alone([unit for unit in contested if not marks.get(unit.row.pk)], markers)
        return [
            LineView(
                outcome=html,
                lanes=[(letter, lane[number]) for letter, lane in zip(self._desk.letters, lanes, strict=True)]
                if number in in_lanes
                else [],
                markers=alone.get(number, []),
            )
            for number, html in enumerate(outcomes)
        ]

    def _lines_of(self, unit: BoardUnit) -> range:
        """The numbers of the lines that a unit touches."""
        start, end = unit.row.start - self._part.start, unit.row.end - self._part.start
        first = bisect_right(self._extents, start, key=lambda line: line[1])
        return range(first, bisect_left(self._extents, end, key=lambda line: line[0]))

    def _markers_alone(
        self, units: Sequence[BoardUnit], markers: Mapping[int, SafeString]
    ) -> dict[int, list[SafeString]]:
        """The markers of units without a mark, by the line in which they begin."""
        by_line: dict[int, list[SafeString]] = {}
        for unit in units:
            if self._part.start <= unit.row.start < self._part.end:
                line = bisect_right(self._extents, unit.row.start - self._part.start, key=lambda line: line[0]) - 1
                by_line.setdefault(line, []).append(markers[unit.row.pk])
        return by_line

    def _outcome(self, unit: BoardUnit, markers: Mapping[int, SafeString]) -> list[Mark]:
        """The outcome of a unit, or all versions while it is open; its number comes before the first span."""
        spans = {(span.label, span.fragments): span for version in unit.spans for span in version}
        outcome = unit.outcome if unit.decision and not unit.is_open else tuple(spans.values())
        return self._marks(outcome, _style(unit), markers.get(unit.row.pk, NOTHING))

    def _lane(self, position: int, contested: Collection[BoardUnit]) -> list[SafeString]:
        """The lines with the contested spans of one annotator."""
        spans = [span for unit in contested if unit.is_span for span in unit.spans[position]]
        return mark_lines(self._text, self._marks(spans, "lane-version"))

    def _marks(self, spans: Iterable[SpanValue], style: str, marker: SafeString = NOTHING) -> list[Mark]:
        """The marks of spans as far as they are in the part, the marker before the first."""
        marks: list[Mark] = []
        for span in spans:
            if fragments := clip(span.fragments, self._part.start, self._part.end):
                before = NOTHING if marks else marker
                marks.append(Mark(fragments, f"{self._names.style(span.label)} {style}", before=before))
        return marks

    def _marker(self, unit: BoardUnit) -> SafeString:
        number, title = self._desk.number(unit), self._desk.title(unit)
        return format_html(
            '<a class="marker {}" id="unit-{}"{} href="{}?unit={}" aria-label="{}">{}{}{}</a>',
            _style(unit),
            unit.row.pk,
            FOCUSED if unit.row.pk == self._focused else NOTHING,
            self._address,
            unit.row.pk,
            _("Location %(number)s: %(title)s, %(state)s")
            % {"number": number, "title": title, "state": self._desk.state(unit)},
            number,
            "?" if unit.is_open else "✓",
            "" if unit.is_span else f" → {title}",
        )


def _style(unit: BoardUnit) -> str:
    return "unit-open" if unit.is_open else "unit-decided"
