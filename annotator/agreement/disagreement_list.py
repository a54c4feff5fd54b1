"""The list of disagreements made ready for the page: the sentence around each, with both versions drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from annotator.agreement.alignment import Kind
from annotator.agreement.kinds import KINDS, KindShown
from annotator.agreement.models import Disagreement
from annotator.agreement.pattern_page import BOUNDARY_WORDS
from annotator.agreement.presentation import Names
from annotator.corpus.spans.markup import Mark, clip, mark_lines
from annotator.text.sentences import sentence_boundaries

AROUND = 300
"""How far a sentence is looked for, in code points."""
LONGEST = 700
NEW_LINE = SafeString("<br>")


@dataclass(frozen=True)
class VersionShown:
    """What one of the two has: the labels of their spans, what else there is to say, and the sentence with it drawn."""

    author: str
    labels: list[tuple[str, str]]
    note: str
    drawn: SafeString


@dataclass(frozen=True)
class RowShown:
    """A disagreement in the list."""

    id: int
    document: int
    title: str
    looks: KindShown
    about: str
    versions: list[VersionShown]
    place: str
    query: str


@dataclass(frozen=True)
class Window:
    """The part of a text that is shown, with dots where it was cut."""

    text: str
    start: int
    before: str
    after: str


def window(text: str, start: int, end: int) -> Window:
    """The sentences that a place lies in, shortened when they are very long."""
    low, high = max(0, start - AROUND), min(len(text), end + AROUND)
    first, last = start, end
    for since, until in sentence_boundaries(text[low:high]):
        if low + since < end and low + until > start:
            first, last = min(first, low + since), max(last, low + until)
    first = max(first, start - AROUND)
    last = min(last, first + max(LONGEST, 0))
    return Window(text[first:last], first, "… " if first == low and low else "", " …" if last < end else "")


def drawn(shown: Window, spans: Iterable[tuple[Sequence[Sequence[int]], str]]) -> SafeString:
    """A window with spans `(fragments, classes)` drawn into it, as far as they lie in it."""
    inside = [(clip(fragments, shown.start, shown.start + len(shown.text)), classes) for fragments, classes in spans]
    marks = [Mark(fragments, classes) for fragments, classes in inside if fragments]
    lines = mark_lines(shown.text, marks)
    # Most texts have a line break between sentences at the most.
    return format_html("{}{}{}", shown.before, join_lines(lines), shown.after)


def join_lines(lines: Sequence[SafeString]) -> SafeString:
    """Lines of markup with breaks between them."""
    return format_html_join(NEW_LINE, "{}", ((line,) for line in lines))


class DisagreementList:
    """Makes rows ready; `sets` has the ids of sets by document and author, `texts` and `titles` go by document."""

    def __init__(
        self, names: Names, texts: Mapping[int, str], titles: Mapping[int, str], sets: Mapping[tuple[int, str], int]
    ) -> None:
        self._names = names
        self._texts = texts
        self._titles = titles
        self._sets = sets

    def row(self, row: Disagreement, document: int) -> RowShown:
        """Make one row ready."""
        kind = Kind(row.kind)
        shown = window(self._texts[document], row.start, row.end)
        place = f"{row.kind}-{row.start}-{row.end}"
        return RowShown(
            id=row.pk,
            document=document,
            title=self._titles[document],
            looks=KINDS[kind],
            about=self._about(row, kind),
            versions=[
                self._version(row, kind, row.first, row.detail["first"], shown),
                self._version(row, kind, row.second, row.detail["second"], shown),
            ],
            place=f"at-{place}",
            query=urlencode({
                "first": self._sets.get((document, row.first), ""),
                "second": self._sets.get((document, row.second), ""),
                "place": place,
            }),
        )  # fmt: skip

    def _about(self, row: Disagreement, kind: Kind) -> str:
        if kind is Kind.ATTRIBUTE:
            return self._names.attribute(row.label, row.attribute)
        if kind is Kind.BOUNDARY:
            parts = [("start", row.start_difference), ("end", row.end_difference)]
            return ", ".join(f"{side}: {BOUNDARY_WORDS.get(by, by)}" for side, by in parts if by)
        if kind is Kind.MISSED:
            return f"only {row.first if row.label else row.second}"
        return ""

    def _version(
        self, row: Disagreement, kind: Kind, author: str, versions: Sequence[Mapping[str, Any]], shown: Window
    ) -> VersionShown:
        spans = list(versions)
        if kind is Kind.RELATION:
            spans += [version["target"] for version in versions]
        looks = KINDS[kind].style
        marks = [(span["fragments"], f"{self._names.style(span['label'])} {looks}") for span in spans]
        labels = dict.fromkeys((self._names.label(span["label"]), self._names.style(span["label"])) for span in spans)
        return VersionShown(author, list(labels), self._note(kind, versions), drawn(shown, marks))

    def _note(self, kind: Kind, versions: Sequence[Mapping[str, Any]]) -> str:
        if not versions:
            return "nothing"
        if kind is Kind.ATTRIBUTE:
            value = versions[0]["value"]
            return "not set" if value is None else str(value)
        if kind is Kind.RELATION:
            return ", ".join(self._names.relation(version["relation"]) for version in versions)
        return f"{len(versions)} parts" if len(versions) > 1 else ""
