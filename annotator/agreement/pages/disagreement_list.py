"""The list of disagreements: the sentence around each with both versions drawn, and the choices of the filters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.agreement.filters import NOTHING, DisagreementFilters, Facets
from annotator.agreement.models import Disagreement
from annotator.agreement.pages.disagreement_kinds import KINDS, KindView
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.pages.patterns import BOUNDARY_CLASSES
from annotator.agreement.reports.locations import Location, VersionGroup, location_of
from annotator.corpus.spans.markup import Mark, clip, mark_lines
from annotator.measures.alignment import DisagreementKind
from annotator.text.sentences import sentence_boundaries

AROUND = 300
"""How far the sentence may extend on either side, in code points."""
LONGEST = 700
NEW_LINE = SafeString("<br>")
ORDER_NAMES = {
    "place": gettext_lazy("position in the text"),
    "worst": gettext_lazy("worst documents first"),
    "words": gettext_lazy("text"),
    "longest": gettext_lazy("longest first"),
}


@dataclass(frozen=True)
class VersionView:
    """What some annotators have: the labels of their spans, a note, and the sentence with the spans drawn."""

    authors: tuple[str, ...]
    labels: list[tuple[str, str]]
    note: str
    drawn: SafeString


@dataclass(frozen=True)
class RowView:
    """A location in the list; `first` and `second` are two annotators who differ there."""

    id: int
    document: int
    title: str
    kinds: list[KindView]
    about: str
    versions: list[VersionView]
    first: str
    second: str
    location: str
    query: str


@dataclass(frozen=True)
class Window:
    """The part of a text that is shown, with an ellipsis where it is cut."""

    text: str
    start: int
    before: str
    after: str


def window(text: str, start: int, end: int) -> Window:
    """Return the sentences around a location, shortened when they are very long."""
    low, high = max(0, start - AROUND), min(len(text), end + AROUND)
    first, last = start, end
    for since, until in sentence_boundaries(text[low:high]):
        if low + since < end and low + until > start:
            first, last = min(first, low + since), max(last, low + until)
    first = max(first, start - AROUND)
    last = min(last, first + max(LONGEST, 0))
    return Window(text[first:last], first, "… " if first == low and low else "", " …" if last < end else "")


def drawn(shown: Window, spans: Iterable[tuple[Sequence[Sequence[int]], str]]) -> SafeString:
    """Return a window with spans `(fragments, classes)` drawn into it, as far as they are in it."""
    inside = [(clip(fragments, shown.start, shown.start + len(shown.text)), classes) for fragments, classes in spans]
    marks = [Mark(fragments, classes) for fragments, classes in inside if fragments]
    lines = mark_lines(shown.text, marks)
    return format_html("{}{}{}", shown.before, join_lines(lines), shown.after)


def join_lines(lines: Sequence[SafeString]) -> SafeString:
    """Return lines of markup with breaks between them."""
    return format_html_join(NEW_LINE, "{}", ((line,) for line in lines))


class DisagreementList:
    """Makes the rows; `sets` has the ids of sets by document and author, `texts` and `titles` are by document."""

    def __init__(
        self,
        names: SchemaNames,
        texts: Mapping[int, str],
        titles: Mapping[int, str],
        sets: Mapping[tuple[int, str], int],
    ) -> None:
        self._names = names
        self._texts = texts
        self._titles = titles
        self._sets = sets

    def row(self, rows: Sequence[Disagreement], document: int) -> RowView:
        """Return the view of a location with all its disagreements."""
        head, location = rows[0], location_of(rows)
        shown = window(self._texts[document], location.start, location.end)
        place = f"{head.kind}-{head.start}-{head.end}"
        return RowView(
            id=head.pk,
            document=document,
            title=self._titles[document],
            kinds=[KINDS[kind] for kind in KINDS if kind in location.kinds],
            about=", ".join(self._about(location)),
            versions=[self._version(group, DisagreementKind(head.kind), shown) for group in location.groups],
            first=head.first,
            second=head.second,
            location=f"at-{place}",
            query=urlencode({
                "first": self._sets.get((document, head.first), ""),
                "second": self._sets.get((document, head.second), ""),
                "place": place,
            }),
        )  # fmt: skip

    def _about(self, location: Location) -> Iterator[str]:
        for label, attribute in location.attributes:
            yield self._names.attribute(label, attribute)
        sides = {"start": _("start"), "end": _("end")}
        for side, by in location.boundaries:
            yield f"{sides[side]}: {BOUNDARY_CLASSES.get(by, by)}"

    def _version(self, group: VersionGroup, kind: DisagreementKind, shown: Window) -> VersionView:
        spans = [(span.fragments, span.label) for span in group.spans]
        spans += [(target, label) for span in group.spans for _name, label, target in span.relations]
        style = KINDS[kind].style
        marks = [(fragments, f"{self._names.style(label)} {style}") for fragments, label in spans]
        labels = dict.fromkeys((self._names.label(label), self._names.style(label)) for _fragments, label in spans)
        return VersionView(group.annotators, list(labels), ", ".join(self._notes(group)), drawn(shown, marks))

    def _notes(self, group: VersionGroup) -> Iterator[str]:
        if not group.spans:
            yield _("no span")
        for span in group.spans:
            for name, value in span.values:
                text = _("not set") if value is None else value
                yield f"{self._names.attribute(span.label, name)}: {text}"
        yield from dict.fromkeys(
            self._names.relation(relation) for span in group.spans for relation, _label, _target in span.relations
        )
        count = len(group.spans)
        if count > 1:
            yield ngettext("%(count)s part", "%(count)s parts", count) % {"count": count}


def filter_choices(
    filters: DisagreementFilters, facets: Facets, names: SchemaNames, annotators: Sequence[str]
) -> dict[str, Any]:
    """Return links and lists to choose from, each with its number of disagreements."""
    kinds = [
        {
            "kind": view,
            "count": facets.kinds[kind],
            "query": filters.query(kind=kind),
            "current": filters.kind == kind,
        }
        for kind, view in KINDS.items()
        if facets.kinds.get(kind)
    ]
    name = names.relation if filters.kind == DisagreementKind.RELATION else names.label
    return {
        "kinds": kinds,
        "every_kind": filters.query(kind="", attribute=""),
        "all_kinds": facets.any_kind,
        "labels": sorted((name(label), label, count) for label, count in facets.labels.items()),
        "nothing": NOTHING,
        "annotators": annotators,
        "attributes": sorted(facets.attributes.items()),
        "orders": ORDER_NAMES.items(),
        "without_document": filters.query(document=""),
        "without_words": filters.query(words=""),
        "without_boundary": filters.query(boundary="", side=""),
        "without_place": filters.query(place=""),
        "without_batch": filters.query(batch=""),
        "without_week": filters.query(week=""),
        "without_apart": filters.query(apart=""),
    }
