"""Two sets of one document beside each other, with what differs: made ready for the page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotator.agreement.alignment import Kind, SetSeen, SpanSeen
from annotator.agreement.differences import Comparison, Difference, compare
from annotator.agreement.kinds import KINDS, KindShown
from annotator.agreement.presentation import Names
from annotator.corpus.spans.markup import NOTHING, Mark, mark_lines
from projects.schema import Schema

QUOTE_LENGTH = 120


@dataclass(frozen=True)
class SpanShown:
    """A span in the list of differences; `leads_to` is set when it is the end of a relation."""

    label: str
    style: str
    quote: str
    relation: str = ""
    leads_to: "SpanShown | None" = None


@dataclass(frozen=True)
class DifferenceShown:
    """A difference in the list: number, kind, the spans of each side, and values that differ as (name, one, other).

    `anchor` is set where nothing in the text has it.
    """

    number: int
    looks: KindShown
    title: str
    first: list[SpanShown]
    second: list[SpanShown]
    values: list[tuple[str, str, str]]
    is_chosen: bool
    anchor: str


@dataclass(frozen=True)
class LineShown:
    """The same line of the text in both sets."""

    number: int
    first: SafeString
    second: SafeString


@dataclass(frozen=True)
class SideBySide:
    """The whole comparison."""

    lines: list[LineShown]
    differences: list[DifferenceShown]
    counts: list[tuple[KindShown, int]]
    alike: int


def side_by_side(
    text: str, first: SetSeen, second: SetSeen, *, names: tuple[str, str], schema: Schema, chosen: str = ""
) -> SideBySide:
    """Compare two sets of a text and draw both; `chosen` is the place of the difference that somebody came for."""
    comparison = compare(first, second)
    page = _Page(text, comparison, first, second, names=names, schema=schema, chosen=chosen)
    pairs = zip(page.draw(0), page.draw(1), strict=True)
    found = Counter(difference.kind for difference in comparison.differences)
    return SideBySide(
        lines=[LineShown(number, one, other) for number, (one, other) in enumerate(pairs, start=1)],
        differences=[page.difference(number, each) for number, each in enumerate(comparison.differences, start=1)],
        counts=[(looks, found[kind]) for kind, looks in KINDS.items() if found[kind]],
        alike=comparison.alike,
    )


def quote(text: str, span: SpanSeen) -> str:
    """The words of a span, shortened."""
    words = " … ".join(text[start:end] for start, end in span.fragments)
    return words if len(words) <= QUOTE_LENGTH else f"{words[:QUOTE_LENGTH]}…"


class _Page:
    def __init__(
        self,
        text: str,
        comparison: Comparison,
        first: SetSeen,
        second: SetSeen,
        *,
        names: tuple[str, str],
        schema: Schema,
        chosen: str,
    ) -> None:
        self._text = text
        self._numbered = list(enumerate(comparison.differences, start=1))
        self._sets = (first, second)
        self._people = names
        self._names = Names(schema)
        self._chosen = next((number for number, each in self._numbered if each.place == chosen), 0)
        self._anchors: dict[str, int] = {}
        for number, each in self._numbered:
            self._anchors.setdefault(each.place, number)

    def title(self, difference: Difference) -> str:
        """In which way they differ, with the name of the one who is alone with it."""
        looks = KINDS[difference.kind]
        alone = self._people[0] if not difference.second else self._people[1] if not difference.first else ""
        if difference.kind is Kind.RELATION:
            return f"relation only {alone}" if alone else looks.title
        if difference.kind is Kind.MISSED:
            return f"only {alone}"
        return f"{looks.title} and boundaries" if difference.edges_differ else looks.title

    def draw(self, side: int) -> list[SafeString]:
        """The lines of one side (0 or 1), each differing span with a marker that leads to the list."""
        numbers: dict[int, tuple[int, Difference]] = {}
        for number, difference in self._numbered:
            if difference.kind is not Kind.RELATION:
                for row in (difference.first, difference.second)[side]:
                    numbers.setdefault(row, (number, difference))
        marked: set[int] = set()
        spans = [self._drawn(span, numbers.get(row), side, marked) for row, span in enumerate(self._sets[side].spans)]
        return mark_lines(self._text, spans)

    def _drawn(self, span: SpanSeen, numbered: tuple[int, Difference] | None, side: int, marked: set[int]) -> Mark:
        style = self._names.style(span.label)
        if numbered is None:
            return Mark(span.fragments, style)
        number, difference = numbered
        style = f"{style} {KINDS[difference.kind].style}{' is-chosen' if number == self._chosen else ''}"
        marker = self._marker(number, difference, span, side, is_first=number not in marked)
        marked.add(number)
        return Mark(span.fragments, style, before=marker)

    def _marker(self, number: int, difference: Difference, span: SpanSeen, side: int, *, is_first: bool) -> SafeString:
        """A number that leads to the list; the first of a side can be reached from there, and by its place."""
        looks = KINDS[difference.kind]
        leads_here = not difference.first or side == 0
        name = self._anchor(number, difference) if is_first and leads_here else ""
        anchor = format_html('<span class="place" id="{}"></span>', name) if name else NOTHING
        return format_html(
            '{}<a class="marker {}"{} href="#difference-{}" aria-label="{}">{}{}</a>',
            anchor,
            looks.style,
            format_html(' id="side-{}-{}"', side + 1, number) if is_first else NOTHING,
            number,
            f"Difference {number}: {self._names.label(span.label)}, {self.title(difference)}",
            number,
            looks.sign,
        )

    def _anchor(self, number: int, difference: Difference) -> str:
        """The name by which other pages lead here; only the first difference at a place has it."""
        return f"at-{difference.place}" if self._anchors[difference.place] == number else ""

    def difference(self, number: int, difference: Difference) -> DifferenceShown:
        """A line of the list."""
        shown = self._relations if difference.kind is Kind.RELATION else self._spans
        return DifferenceShown(
            number=number,
            looks=KINDS[difference.kind],
            title=self.title(difference),
            first=shown(0, difference.first),
            second=shown(1, difference.second),
            values=self._values(difference),
            is_chosen=number == self._chosen,
            anchor=self._anchor(number, difference) if difference.kind is Kind.RELATION else "",
        )

    def _spans(self, side: int, rows: Sequence[int]) -> list[SpanShown]:
        return [self._span(self._sets[side].spans[row]) for row in rows]

    def _relations(self, side: int, rows: Sequence[int]) -> list[SpanShown]:
        seen = self._sets[side]
        arrows = [seen.relations[row] for row in rows]
        return [
            self._span(seen.spans[arrow.source], self._names.relation(arrow.label), seen.spans[arrow.target])
            for arrow in arrows
        ]

    def _span(self, span: SpanSeen, relation: str = "", target: SpanSeen | None = None) -> SpanShown:
        leads_to = None if target is None else self._span(target)
        words = quote(self._text, span)
        return SpanShown(self._names.label(span.label), self._names.style(span.label), words, relation, leads_to)

    def _values(self, difference: Difference) -> list[tuple[str, str, str]]:
        """The attribute in question with the values of both."""
        if difference.kind is not Kind.ATTRIBUTE:
            return []
        first = self._sets[0].spans[difference.first[0]]
        second = self._sets[1].spans[difference.second[0]]
        name = difference.attribute
        return [
            (
                self._names.attribute(first.label, name),
                first.attributes.get(name, "not set"),
                second.attributes.get(name, "not set"),
            )
        ]
