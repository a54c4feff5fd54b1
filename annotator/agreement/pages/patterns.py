"""Patterns of disagreement, and a draft for the guideline meeting."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.pages.disagreement_kinds import KINDS, KindView
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.reports.report import (
    AnnotatorDocuments,
    ApartCount,
    BoundaryCount,
    DisagreementType,
    LocationCount,
    Report,
)
from annotator.agreement.reports.sentences import annotators_text, documents_text, percentage
from annotator.agreement.selectors.disagreements import DisputedSentence, RepeatedString
from annotator.measures.alignment import DisagreementKind

BOUNDARY_CLASSES: Mapping[str, Promise] = {
    "article": gettext_lazy("an article (a, an, the)"),
    "quotation": gettext_lazy("a quotation mark"),
    "title": gettext_lazy("a title or office"),
    "punctuation": gettext_lazy("punctuation"),
    "connective": gettext_lazy("a connective (that, and, because …)"),
    "white space": gettext_lazy("white space only"),
    "other": gettext_lazy("other words"),
    "inside": gettext_lazy("an inner fragment"),
}
MOST_IN_DRAFT = 5


@dataclass(frozen=True)
class StringView:
    """A string with several disagreements, and their number by kind."""

    words: str
    count: int
    kinds: str
    query: str


@dataclass(frozen=True)
class BoundaryView:
    """A class of text by which boundaries differ, with its counts; `can_be_ruled` when a rule can decide it."""

    name: str
    can_be_ruled: bool
    start: int
    end: int
    labels: str
    label_links: list[tuple[str, int, str]]
    query: str
    start_query: str
    end_query: str

    @property
    def is_inside(self) -> bool:
        """Whether only inner fragments differ, so that there is no side."""
        return self.query == DisagreementFilters(boundary="inside").query()


@dataclass(frozen=True)
class LabelRow:
    """A label with its disagreements by kind as (count, query), or a relation, which has no kinds."""

    name: str
    style: str
    cells: list[tuple[int, str]]
    total: int
    query: str


@dataclass(frozen=True)
class SentenceView:
    """A sentence with several disagreements."""

    title: str
    words: str
    count: int
    query: str


@dataclass(frozen=True)
class ConfusedLabels:
    """Two labels for the same location."""

    one: str
    one_style: str
    other: str
    other_style: str
    count: int
    query: str


@dataclass(frozen=True)
class OutlierView:
    """An annotator with many more disagreements of a kind about a label than the mean; `times` is the ratio."""

    name: str
    kind: str
    label: str
    count: int
    times: str
    query: str


@dataclass(frozen=True)
class PatternsView:
    """Everything on the page."""

    strings: list[StringView]
    kinds: list[KindView]
    labels: list[LabelRow]
    sentences: list[SentenceView]
    boundaries: list[BoundaryView]
    confused: list[ConfusedLabels]
    outliers: list[OutlierView]
    has_two_annotators: bool
    draft: str


def patterns_view(
    report: Report, repeated: Sequence[RepeatedString], disputed: Sequence[DisputedSentence], names: SchemaNames
) -> PatternsView:
    """Return the patterns of a report, with its strings (`repeated`) and sentences with most disagreements."""
    counts = _location_counts(report)
    strings = [_string(row) for row in repeated]
    boundaries = _boundaries(report.boundary_locations or report.boundaries or (), names)
    confused = _confused(counts, names)
    return PatternsView(
        strings=strings,
        kinds=[KINDS[kind] for kind in ABOUT_SPANS],
        labels=_label_rows(counts, names),
        sentences=[_sentence(sentence) for sentence in disputed],
        boundaries=boundaries,
        confused=confused,
        outliers=_outliers(_apart_counts(report), report.annotators, names),
        has_two_annotators=len(report.annotators) == 2,
        draft="\n".join(_draft(report, names, strings, boundaries, confused)),
    )


ABOUT_SPANS = [kind for kind in KINDS if kind is not DisagreementKind.RELATION]


def _location_counts(report: Report) -> Sequence[LocationCount]:
    """Return the locations of a report; of an earlier version, its disagreements of pairs."""
    if report.locations is not None:
        return report.locations
    return [LocationCount((DisagreementType(*row[2:6]),), row.number) for row in report.disagreements or ()]


def _apart_counts(report: Report) -> Sequence[ApartCount]:
    """Return where annotators differ from most others; of an earlier version, from any other."""
    if report.apart is not None:
        return [row for row in report.apart if row.kind]
    return [
        ApartCount(name, row.kind, label, row.number)
        for row in report.disagreements or ()
        for name in (row.first, row.second)
        for label in {row.label, row.other} - {""}
    ]


def _label_rows(rows: Sequence[LocationCount], names: SchemaNames) -> list[LabelRow]:
    """Return labels with their locations by kind, and relations; those with most locations first."""
    labels: dict[str, Counter[str]] = {}
    relations: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for row in rows:
        kinds: dict[str, set[str]] = {}
        for kind, label, other, _attribute in row.types:
            for name in {label, other} - {""}:
                if kind == DisagreementKind.RELATION:
                    relations[name] += row.number
                else:
                    kinds.setdefault(name, set()).add(kind)
        for name, own in kinds.items():
            labels.setdefault(name, Counter()).update(dict.fromkeys(own, row.number))
            totals[name] += row.number
    table = [
        LabelRow(
            names.label(label),
            names.style(label),
            [(counts[kind], DisagreementFilters(kind=kind, label=label).query()) for kind in ABOUT_SPANS],
            totals[label],
            DisagreementFilters(label=label).query(),
        )
        for label, counts in labels.items()
    ]
    table += [
        LabelRow(
            names.relation(relation),
            "",
            [],
            count,
            DisagreementFilters(kind=DisagreementKind.RELATION, label=relation).query(),
        )
        for relation, count in relations.items()
    ]
    return sorted(table, key=lambda row: (-row.total, row.name))


def _string(row: RepeatedString) -> StringView:
    kinds = ", ".join(f"{KINDS[kind].title} {count}" for kind, count in row.kinds.items())
    return StringView(row.words, row.count, kinds, DisagreementFilters(words=row.words).query())


def _sentence(sentence: DisputedSentence) -> SentenceView:
    document = sentence.document
    filters = DisagreementFilters(document=str(document.pk), place=f"{sentence.start}-{sentence.end}")
    words = document.text[sentence.start : sentence.end].strip()
    return SentenceView(str(document), words, sentence.count, filters.query())


def _boundaries(rows: Sequence[BoundaryCount], names: SchemaNames) -> list[BoundaryView]:
    sides: dict[str, Counter[str]] = {}
    labels: dict[str, Counter[str]] = {}
    for row in rows:
        sides.setdefault(row.boundary_class, Counter())[row.side] += row.count
        labels.setdefault(row.boundary_class, Counter())[row.label] += row.count
    ordered = sorted(sides, key=lambda name: (-sides[name].total(), name))
    return [
        BoundaryView(
            name=str(BOUNDARY_CLASSES[each]),
            can_be_ruled=each not in ("other", "inside"),
            start=sides[each]["start"],
            end=sides[each]["end"],
            labels=", ".join(f"{names.label(label)} {count}" for label, count in labels[each].most_common()),
            label_links=[
                (names.label(label), count, DisagreementFilters(boundary=each, label=label).query())
                for label, count in labels[each].most_common()
            ],
            query=DisagreementFilters(boundary=each).query(),
            start_query=DisagreementFilters(boundary=each, side="start").query(),
            end_query=DisagreementFilters(boundary=each, side="end").query(),
        )
        for each in ordered
    ]


def _confused(rows: Sequence[LocationCount], names: SchemaNames) -> list[ConfusedLabels]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        pairs = {(one, other) for kind, one, other, _ in row.types if kind == DisagreementKind.LABEL}
        counts.update(dict.fromkeys(pairs, row.number))
    return [
        ConfusedLabels(
            names.label(one),
            names.style(one),
            names.label(other),
            names.style(other),
            count,
            DisagreementFilters(kind=DisagreementKind.LABEL, label=one, other=other).query(),
        )
        for (one, other), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


LEAST_COUNT, OUTLYING_RATIO, MOST_OUTLIERS = 3, 1.5, 12


def _outliers(
    rows: Sequence[ApartCount], annotators: Sequence[AnnotatorDocuments], names: SchemaNames
) -> list[OutlierView]:
    """Return annotators who differ from most others at `OUTLYING_RATIO` times the mean number of locations a document.

    Two annotators disagree with each other equally often, so neither is an outlier.
    """
    if len(annotators) < 3:
        return []
    documents = {annotator.name: annotator.documents for annotator in annotators}
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        counts[row.name, row.kind, row.label] += row.number
    outlying = []
    for kind, label in sorted({key[1:] for key in counts}):
        rates = {name: counts[name, kind, label] / documents[name] for name in documents}
        mean = sum(rates.values()) / len(rates)
        for name, rate in rates.items():
            if counts[name, kind, label] >= LEAST_COUNT and rate >= OUTLYING_RATIO * mean:
                outlying.append((rate / mean, name, kind, label, counts[name, kind, label]))
    return [
        OutlierView(
            name=name,
            kind=str(KINDS[DisagreementKind(kind)].title),
            label=names.relation(label) if kind == DisagreementKind.RELATION else names.label(label),
            count=count,
            times=f"{times:.1f}",
            query=DisagreementFilters(apart=name, kind=kind, label=label).query(),
        )
        for times, name, kind, label, count in sorted(outlying, key=lambda row: (-row[0], row[1:]))[:MOST_OUTLIERS]
    ]


def _draft(
    report: Report,
    names: SchemaNames,
    strings: Sequence[StringView],
    boundaries: Sequence[BoundaryView],
    confused: Sequence[ConfusedLabels],
) -> Iterator[str]:
    """Yield the lines of a draft for the guideline meeting, in Markdown."""
    yield "## " + _("Where we disagree")
    yield ""
    counts = {"documents": documents_text(report.documents), "annotators": annotators_text(len(report.annotators))}
    yield _("%(documents)s, %(annotators)s. When one annotator marks a span, another marks the same:") % counts
    yield ""
    for row in report.labels:
        if row.overlap_f1.value is not None and row.exact_f1.value is not None:
            yield "- " + _("%(label)s: overlapping %(overlap)s of the time, with the same boundaries %(exact)s.") % {
                "label": _plain(names.label(row.label)),
                "overlap": percentage(row.overlap_f1.value),
                "exact": percentage(row.exact_f1.value),
            }
    yield ""
    yield from _questions(strings, boundaries, confused)


def _questions(
    strings: Sequence[StringView], boundaries: Sequence[BoundaryView], confused: Sequence[ConfusedLabels]
) -> Iterator[str]:
    yield _("To decide:")
    yield ""
    for pair in confused[:MOST_IN_DRAFT]:
        labels = {"one": _plain(pair.one), "other": _plain(pair.other)}
        question = _("%(one)s or %(other)s?") % labels
        times = _("Annotators chose both labels for the same text %(times)s.") % {"times": _times(pair.count)}
        yield f"- **{question}** {times}"
    for boundary in [row for row in boundaries if row.can_be_ruled][:MOST_IN_DRAFT]:
        question = _("Does the span include %(text)s?") % {"text": boundary.name}
        yield f"- **{question}** {_boundary_counts(boundary)}"
    for string in strings[:MOST_IN_DRAFT]:
        count = _disagreements(string.count)
        yield f"- **“{_plain(string.words)}”**: {count} ({string.kinds})."
    if not (strings or boundaries or confused):
        yield "- " + _("No disagreement occurs more than once.")


def _boundary_counts(boundary: BoundaryView) -> str:
    counts = []
    if boundary.start:
        counts.append(_("%(times)s at the start") % {"times": _times(boundary.start)})
    if boundary.end:
        counts.append(_("%(times)s at the end") % {"times": _times(boundary.end)})
    values = {"counts": _(" and ").join(counts), "labels": _plain(boundary.labels)}
    return _("Boundaries differ by this %(counts)s (%(labels)s).") % values


def _times(count: int) -> str:
    return ngettext("%(count)s time", "%(count)s times", count) % {"count": f"{count:,}"}


def _disagreements(count: int) -> str:
    return ngettext("%(count)s disagreement", "%(count)s disagreements", count) % {"count": f"{count:,}"}


def _plain(text: str) -> str:
    """Return text for Markdown, with its special characters escaped."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|~" else sign for sign in text)
