"""Two sets of one document side by side, with their disagreements."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from annotator.agreement.counting.disagreements import PairDisagreement, align_pair
from annotator.agreement.pages.disagreement_kinds import KINDS, KindView
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.spans.markup import NOTHING, Mark, mark_lines
from annotator.measures.alignment import DisagreementKind, SetContent, SpanContent
from projects.schema import Schema

QUOTE_LENGTH = 120


@dataclass(frozen=True)
class SpanView:
    """A span in the list; `target` is that of its relation, if the disagreement is about one."""

    label: str
    style: str
    quote: str
    relation: str = ""
    target: "SpanView | None" = None


@dataclass(frozen=True)
class DisagreementView:
    """A disagreement in the list; `values` that differ are (name, one, other).

    `anchor` is set where no marker in the text has it.
    """

    number: int
    kind: KindView
    title: str
    first: list[SpanView]
    second: list[SpanView]
    values: list[tuple[str, str, str]]
    is_chosen: bool
    anchor: str


@dataclass(frozen=True)
class LineView:
    """The same line of the text in both sets."""

    number: int
    first: SafeString
    second: SafeString


@dataclass(frozen=True)
class SideBySide:
    """The whole comparison."""

    lines: list[LineView]
    disagreements: list[DisagreementView]
    counts: list[tuple[KindView, int]]
    identical: int


def compare_sets(
    text: str, first: SetContent, second: SetContent, *, names: tuple[str, str], schema: Schema, chosen: str = ""
) -> SideBySide:
    """Return the comparison of two sets; `chosen` is the location of the disagreement that was followed to the page."""
    alignment = align_pair(first, second)
    disagreements = sorted(alignment.disagreements)
    page = _Page(text, disagreements, first, second, names=names, schema=schema, chosen=chosen)
    pairs = zip(page.draw(0), page.draw(1), strict=True)
    counts = Counter(disagreement.kind for disagreement in disagreements)
    return SideBySide(
        lines=[LineView(number, one, other) for number, (one, other) in enumerate(pairs, start=1)],
        disagreements=[page.view(number, each) for number, each in enumerate(disagreements, start=1)],
        counts=[(view, counts[kind]) for kind, view in KINDS.items() if counts[kind]],
        identical=alignment.identical,
    )


def quote(text: str, span: SpanContent) -> str:
    """Return the text of a span, shortened."""
    words = " … ".join(text[start:end] for start, end in span.fragments)
    return words if len(words) <= QUOTE_LENGTH else f"{words[:QUOTE_LENGTH]}…"


class _Page:
    def __init__(
        self,
        text: str,
        disagreements: Sequence[PairDisagreement],
        first: SetContent,
        second: SetContent,
        *,
        names: tuple[str, str],
        schema: Schema,
        chosen: str,
    ) -> None:
        self._text = text
        self._numbered = list(enumerate(disagreements, start=1))
        self._sets = (first, second)
        self._annotators = names
        self._names = SchemaNames(schema)
        self._chosen = next((number for number, each in self._numbered if each.location == chosen), 0)
        self._anchors: dict[str, int] = {}
        for number, each in self._numbered:
            self._anchors.setdefault(each.location, number)

    def title(self, disagreement: PairDisagreement) -> str:
        """Return the kind, with the name of an annotator who alone has the span or relation."""
        title = str(KINDS[disagreement.kind].title)
        one, other = self._annotators
        alone = one if not disagreement.second else other if not disagreement.first else ""
        if disagreement.kind is DisagreementKind.RELATION:
            return _("relation, only %(name)s") % {"name": alone} if alone else title
        if disagreement.kind is DisagreementKind.MISSED:
            return _("missed, only %(name)s") % {"name": alone}
        return _("label and boundary") if self._label_and_boundary(disagreement) else title

    def _label_and_boundary(self, disagreement: PairDisagreement) -> bool:
        """Return whether boundaries differ as well where labels do."""
        if disagreement.kind is not DisagreementKind.LABEL:
            return False
        first, second = self._sets[0].spans[disagreement.first[0]], self._sets[1].spans[disagreement.second[0]]
        return first.fragments != second.fragments

    def draw(self, side: int) -> list[SafeString]:
        """Return the lines of one side (0 or 1); each span with a disagreement has a marker that leads to the list."""
        numbers: dict[int, tuple[int, PairDisagreement]] = {}
        for number, disagreement in self._numbered:
            if disagreement.kind is not DisagreementKind.RELATION:
                for row in (disagreement.first, disagreement.second)[side]:
                    numbers.setdefault(row, (number, disagreement))
        marked: set[int] = set()
        spans = [self._drawn(span, numbers.get(row), side, marked) for row, span in enumerate(self._sets[side].spans)]
        return mark_lines(self._text, spans)

    def _drawn(
        self, span: SpanContent, numbered: tuple[int, PairDisagreement] | None, side: int, marked: set[int]
    ) -> Mark:
        style = self._names.style(span.label)
        if numbered is None:
            return Mark(span.fragments, style)
        number, disagreement = numbered
        style = f"{style} {KINDS[disagreement.kind].style}{' is-chosen' if number == self._chosen else ''}"
        marker = self._marker(number, disagreement, span, side, is_first=number not in marked)
        marked.add(number)
        return Mark(span.fragments, style, before=marker)

    def _marker(
        self, number: int, disagreement: PairDisagreement, span: SpanContent, side: int, *, is_first: bool
    ) -> SafeString:
        """Return a number that leads to the list; the list and other pages lead to the first marker of a side."""
        kind = KINDS[disagreement.kind]
        leads_here = not disagreement.first or side == 0
        name = self._anchor(number, disagreement) if is_first and leads_here else ""
        anchor = format_html('<span class="place" id="{}"></span>', name) if name else NOTHING
        return format_html(
            '{}<a class="marker {}"{} href="#disagreement-{}" aria-label="{}">{}{}</a>',
            anchor,
            kind.style,
            format_html(' id="side-{}-{}"', side + 1, number) if is_first else NOTHING,
            number,
            _("Disagreement %(number)s: %(label)s, %(title)s")
            % {"number": number, "label": self._names.label(span.label), "title": self.title(disagreement)},
            number,
            kind.sign,
        )

    def _anchor(self, number: int, disagreement: PairDisagreement) -> str:
        """Return the anchor that other pages link to; only the first disagreement at a location has it."""
        return f"at-{disagreement.location}" if self._anchors[disagreement.location] == number else ""

    def view(self, number: int, disagreement: PairDisagreement) -> DisagreementView:
        """Return a disagreement of the list."""
        shown = self._relations if disagreement.kind is DisagreementKind.RELATION else self._spans
        return DisagreementView(
            number=number,
            kind=KINDS[disagreement.kind],
            title=self.title(disagreement),
            first=shown(0, disagreement.first),
            second=shown(1, disagreement.second),
            values=self._values(disagreement),
            is_chosen=number == self._chosen,
            anchor=self._anchor(number, disagreement) if disagreement.kind is DisagreementKind.RELATION else "",
        )

    def _spans(self, side: int, rows: Sequence[int]) -> list[SpanView]:
        return [self._span(self._sets[side].spans[row]) for row in rows]

    def _relations(self, side: int, rows: Sequence[int]) -> list[SpanView]:
        content = self._sets[side]
        relations = [content.relations[row] for row in rows]
        return [
            self._span(content.spans[each.source], self._names.relation(each.label), content.spans[each.target])
            for each in relations
        ]

    def _span(self, span: SpanContent, relation: str = "", target: SpanContent | None = None) -> SpanView:
        target_view = None if target is None else self._span(target)
        words = quote(self._text, span)
        return SpanView(self._names.label(span.label), self._names.style(span.label), words, relation, target_view)

    def _values(self, disagreement: PairDisagreement) -> list[tuple[str, str, str]]:
        """Return the attribute that differs with the values of both annotators."""
        if disagreement.kind is not DisagreementKind.ATTRIBUTE:
            return []
        first = self._sets[0].spans[disagreement.first[0]]
        second = self._sets[1].spans[disagreement.second[0]]
        name = disagreement.attribute
        return [
            (
                self._names.attribute(first.label, name),
                first.attributes.get(name, _("not set")),
                second.attributes.get(name, _("not set")),
            )
        ]
