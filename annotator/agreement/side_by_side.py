"""Two sets of one document beside each other, with what differs: made ready for the page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotator.agreement.differences import Comparison, Difference, Kind, RelationSeen, SetSeen, SpanSeen, compare
from annotator.agreement.markup import NOTHING, Drawing, Drawn
from annotator.agreement.presentation import Names
from projects.schema import Schema

QUOTE_LENGTH = 120


@dataclass(frozen=True)
class KindShown:
    """A way to differ: its sign, so that colour is not the only one, and its words."""

    sign: str
    title: str
    style: str


KINDS: Mapping[Kind, KindShown] = {
    Kind.ONLY_FIRST: KindShown("+", "only {first}", "differs-only"),
    Kind.ONLY_SECOND: KindShown("+", "only {second}", "differs-only"),
    Kind.BOUNDARY: KindShown("↔", "other boundaries", "differs-boundary"),
    Kind.LABEL: KindShown("≠", "other label", "differs-label"),
    Kind.LABEL_AND_BOUNDARY: KindShown("≠", "other label and boundaries", "differs-label"),
    Kind.ATTRIBUTES: KindShown("•", "other attributes", "differs-attributes"),
    Kind.RELATION_ONLY_FIRST: KindShown("→", "relation only {first}", "differs-relation"),
    Kind.RELATION_ONLY_SECOND: KindShown("→", "relation only {second}", "differs-relation"),
}


@dataclass(frozen=True)
class SpanShown:
    """A span in the list of differences."""

    label: str
    style: str
    quote: str


@dataclass(frozen=True)
class DifferenceShown:
    """A difference in the list: number, kind, the spans in question, and values that differ as (name, one, other)."""

    number: int
    sign: str
    title: str
    style: str
    first: SpanShown | None
    second: SpanShown | None
    values: list[tuple[str, str, str]]
    relation: str
    target: SpanShown | None


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
    counts: list[tuple[KindShown, str, int]]
    alike: int


def side_by_side(text: str, first: SetSeen, second: SetSeen, *, names: tuple[str, str], schema: Schema) -> SideBySide:
    """Compare two sets of a text and draw both."""
    comparison = compare(first, second)
    page = _Page(text, first, second, names=names, schema=schema)
    pairs = zip(page.draw(comparison, 0), page.draw(comparison, 1), strict=True)
    return SideBySide(
        lines=[LineShown(number, one, other) for number, (one, other) in enumerate(pairs, start=1)],
        differences=[page.difference(number, each) for number, each in enumerate(comparison.differences, start=1)],
        counts=list(page.counts(comparison)),
        alike=comparison.alike,
    )


class _Page:
    def __init__(self, text: str, first: SetSeen, second: SetSeen, *, names: tuple[str, str], schema: Schema) -> None:
        self._text = text
        self._sets = (first, second)
        self._people = names
        self._names = Names(schema)

    def title(self, kind: Kind) -> str:
        """Which way to differ, with the names of the two."""
        first, second = self._people
        return KINDS[kind].title.replace("{first}", first).replace("{second}", second)

    def counts(self, comparison: Comparison) -> Iterator[tuple[KindShown, str, int]]:
        """How often each kind occurs, in the order of `KINDS`."""
        for kind, looks in KINDS.items():
            number = sum(difference.kind is kind for difference in comparison.differences)
            if number:
                yield looks, self.title(kind), number

    def draw(self, comparison: Comparison, side: int) -> list[SafeString]:
        """The lines of one side (0 or 1), each differing span with a marker that leads to the list."""
        numbers: dict[int, tuple[int, Difference]] = {}
        for number, difference in enumerate(comparison.differences, start=1):
            row = (difference.first, difference.second)[side]
            if row is not None and difference.kind not in (Kind.RELATION_ONLY_FIRST, Kind.RELATION_ONLY_SECOND):
                numbers[row] = (number, difference)
        spans = [self._drawn(span, numbers.get(row), side) for row, span in enumerate(self._sets[side].spans)]
        return Drawing(self._text, spans).lines()

    def _drawn(self, span: SpanSeen, numbered: tuple[int, Difference] | None, side: int) -> Drawn:
        style = self._names.style(span.label)
        if numbered is None:
            return Drawn(span.fragments, style, NOTHING)
        number, difference = numbered
        looks = KINDS[difference.kind]
        marker = format_html(
            '<a class="marker {}" id="side-{}-{}" href="#difference-{}" aria-label="{}">{}{}</a>',
            looks.style,
            side + 1,
            number,
            number,
            f"Difference {number}: {self._names.label(span.label)}, {self.title(difference.kind)}",
            number,
            looks.sign,
        )
        return Drawn(span.fragments, f"{style} {looks.style}", marker)

    def difference(self, number: int, difference: Difference) -> DifferenceShown:
        """A line of the list."""
        looks = KINDS[difference.kind]
        if difference.kind in (Kind.RELATION_ONLY_FIRST, Kind.RELATION_ONLY_SECOND):
            return self._relation(number, difference)
        first = None if difference.first is None else self._sets[0].spans[difference.first]
        second = None if difference.second is None else self._sets[1].spans[difference.second]
        return DifferenceShown(
            number=number,
            sign=looks.sign,
            title=self.title(difference.kind),
            style=looks.style,
            first=self._span(first),
            second=self._span(second),
            values=self._values(first, second),
            relation="",
            target=None,
        )

    def _relation(self, number: int, difference: Difference) -> DifferenceShown:
        looks = KINDS[difference.kind]
        side = 0 if difference.first is not None else 1
        row = difference.first if difference.first is not None else difference.second
        seen = self._sets[side]
        arrow: RelationSeen = seen.relations[row or 0]
        source = self._span(seen.spans[arrow.source])
        return DifferenceShown(
            number=number,
            sign=looks.sign,
            title=self.title(difference.kind),
            style=looks.style,
            first=source if side == 0 else None,
            second=source if side == 1 else None,
            values=[],
            relation=self._names.relation(arrow.label),
            target=self._span(seen.spans[arrow.target]),
        )

    def _span(self, span: SpanSeen | None) -> SpanShown | None:
        if span is None:
            return None
        quote = " … ".join(self._text[start:end] for start, end in span.fragments)
        if len(quote) > QUOTE_LENGTH:
            quote = f"{quote[:QUOTE_LENGTH]}…"
        return SpanShown(self._names.label(span.label), self._names.style(span.label), quote)

    def _values(self, first: SpanSeen | None, second: SpanSeen | None) -> list[tuple[str, str, str]]:
        """Attributes that differ between two paired spans with the same label."""
        if first is None or second is None or first.label != second.label:
            return []
        names: Sequence[str] = sorted(first.attributes.keys() | second.attributes.keys())
        return [
            (
                self._names.attribute(first.label, name),
                first.attributes.get(name, "not set"),
                second.attributes.get(name, "not set"),
            )
            for name in names
            if first.attributes.get(name) != second.attributes.get(name)
        ]
