"""The list of disagreements: the sentence around each with both versions drawn, and the choices of the filters."""

from collections.abc import Iterable, Mapping, Sequence
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
    """The version of one annotator: the labels of their spans, a note, and the sentence with the spans drawn."""

    author: str
    labels: list[tuple[str, str]]
    note: str
    drawn: SafeString


@dataclass(frozen=True)
class RowView:
    """A disagreement in the list."""

    id: int
    document: int
    title: str
    kind: KindView
    about: str
    versions: list[VersionView]
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

    def row(self, row: Disagreement, document: int) -> RowView:
        """Return the view of a disagreement."""
        kind = DisagreementKind(row.kind)
        shown = window(self._texts[document], row.start, row.end)
        location = f"{row.kind}-{row.start}-{row.end}"
        return RowView(
            id=row.pk,
            document=document,
            title=self._titles[document],
            kind=KINDS[kind],
            about=self._about(row, kind),
            versions=[
                self._version(row, kind, row.first, row.detail["first"], shown),
                self._version(row, kind, row.second, row.detail["second"], shown),
            ],
            location=f"at-{location}",
            query=urlencode({
                "first": self._sets.get((document, row.first), ""),
                "second": self._sets.get((document, row.second), ""),
                "place": location,
            }),
        )  # fmt: skip

    def _about(self, row: Disagreement, kind: DisagreementKind) -> str:
        if kind is DisagreementKind.ATTRIBUTE:
            return self._names.attribute(row.label, row.attribute)
        if kind is DisagreementKind.BOUNDARY:
            parts = [(_("start"), row.start_difference), (_("end"), row.end_difference)]
            return ", ".join(f"{side}: {BOUNDARY_CLASSES.get(by, by)}" for side, by in parts if by)
        if kind is DisagreementKind.MISSED:
            return _("only %(name)s") % {"name": row.first if row.label else row.second}
        return ""

    def _version(
        self,
        row: Disagreement,
        kind: DisagreementKind,
        author: str,
        versions: Sequence[Mapping[str, Any]],
        shown: Window,
    ) -> VersionView:
        spans = list(versions)
        if kind is DisagreementKind.RELATION:
            spans += [version["target"] for version in versions]
        style = KINDS[kind].style
        marks = [(span["fragments"], f"{self._names.style(span['label'])} {style}") for span in spans]
        labels = dict.fromkeys((self._names.label(span["label"]), self._names.style(span["label"])) for span in spans)
        return VersionView(author, list(labels), self._note(kind, versions), drawn(shown, marks))

    def _note(self, kind: DisagreementKind, versions: Sequence[Mapping[str, Any]]) -> str:
        if not versions:
            return _("no span")
        if kind is DisagreementKind.ATTRIBUTE:
            value = versions[0]["value"]
            return _("not set") if value is None else str(value)
        if kind is DisagreementKind.RELATION:
            return ", ".join(self._names.relation(version["relation"]) for version in versions)
        count = len(versions)
        return ngettext("%(count)s part", "%(count)s parts", count) % {"count": count} if count > 1 else ""


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
        "all_kinds": sum(facets.kinds.values()),
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
    }
