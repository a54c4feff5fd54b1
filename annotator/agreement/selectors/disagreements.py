"""Reading stored disagreements: filtered, ordered, one page at a time by keyset."""

import base64
import binascii
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from annotator.agreement.counting.locations import FIRST_APART, SECOND_APART, type_of
from annotator.agreement.filters import NOTHING, DisagreementFilters, DisagreementTypes
from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement
from annotator.agreement.selectors.reports import documents_of_week, figures_of
from annotator.corpus.documents.models import Document
from annotator.measures.alignment import DisagreementKind
from annotator.problems import NotFound
from annotator.text.sentences import sentence_boundaries

A_PAGE = 50
DOCUMENTS_AT_ONCE = 10
FEW_DOCUMENTS = (20, 400)
TYPE = ("kind", "label", "other", "attribute")
MOST_STRINGS = 30
# All ascending; the last column makes each unique.
ORDERS: dict[str, tuple[str, ...]] = {
    "place": ("document", "start", "end", "id"),
    "worst": ("worst", "document", "start", "end", "id"),
    "words": ("words", "document", "start", "id"),
    "longest": ("size", "document", "start", "id"),
}


@dataclass(frozen=True)
class Page:
    """Some disagreements, each with `document` (id), and the cursors of the pages around; "" where there is none."""

    rows: list[Any]
    before: str
    after: str


def disagreements_of(
    report: AgreementReport, filters: DisagreementFilters, *, documents: Sequence[int] | None = None
) -> QuerySet[Disagreement]:
    """Return the disagreements of a report, or of some of its documents, with the columns that they are ordered by."""
    # In one call: conditions on the same related row must not be in two.
    of_report: dict[str, Any] = {"measurement__agreements__report": report}
    if filters.document:
        of_report["measurement__agreements__document"] = int(filters.document)
    if documents is not None:
        of_report["measurement__agreements__document__in"] = documents
    if filters.batch:
        of_report["measurement__agreements__document__created_at"] = datetime.fromisoformat(filters.batch)
    if filters.week:
        of_week = documents_of_week(report, datetime.fromisoformat(filters.week))
        of_report["measurement__agreements__document__in"] = (
            of_week if documents is None else of_week.filter(annotation_set__document__in=documents)
        )
    return Disagreement.objects.filter(_condition(filters), **of_report).annotate(
        document=F("measurement__agreements__document_id"),
        worst=Coalesce("measurement__agreements__overlap_f1", Value(2.0)),
        size=F("start") - F("end"),
    )


def heads_of(
    report: AgreementReport, filters: DisagreementFilters, *, documents: Sequence[int] | None = None
) -> QuerySet[Disagreement]:
    """Return the first disagreement of each location that has one which passes the filters.

    Measurements of earlier versions have no locations: there, every disagreement of a pair stands by itself.
    """
    here = {name: OuterRef(name) for name in ("measurement", "location")}
    earlier = Disagreement.objects.filter(_condition(filters), id__lt=OuterRef("id"), **here)
    return disagreements_of(report, filters, documents=documents).filter(~Exists(earlier))


def documents_in_groups(report: AgreementReport) -> Iterator[list[int]]:
    """Yield the documents of a report in order, a few at a time: their disagreements are read and sorted at once."""
    keys = DocumentAgreement.objects.filter(report=report).order_by("document", "id").values_list("document", flat=True)
    documents = list(keys)
    for start in range(0, len(documents), DOCUMENTS_AT_ONCE):
        yield documents[start : start + DOCUMENTS_AT_ONCE]


def with_others(heads: Sequence[Disagreement]) -> list[list[Disagreement]]:
    """Return all disagreements of the locations of some, in the same order."""
    located = [head for head in heads if head.location is not None]
    members: dict[tuple[int, int | None], list[Disagreement]] = {}
    rows = Disagreement.objects.filter(
        measurement__in={head.measurement_id for head in located}, location__in={head.location for head in located}
    )
    for row in rows.order_by("id"):
        members.setdefault((row.measurement_id, row.location), []).append(row)
    return [[head] if head.location is None else members[head.measurement_id, head.location] for head in heads]


def _condition(filters: DisagreementFilters) -> Q:
    condition = Q()
    for name in ("kind", "attribute", "words"):
        if value := getattr(filters, name):
            condition &= Q(**{name: value})
    if filters.boundary:
        sides = [filters.side] if filters.side else ["start", "end"]
        condition &= Q(*((f"{side}_difference", filters.boundary) for side in sides), _connector=Q.OR)
    if filters.place:
        low, high = (int(edge) for edge in filters.place.split("-"))
        condition &= Q(start__gte=low, start__lt=high)
    condition &= _either("first", "second", filters.one, filters.another)
    if filters.apart:
        first = Q(first=filters.apart, apart__in=(FIRST_APART, FIRST_APART + SECOND_APART))
        condition &= first | Q(second=filters.apart, apart__in=(SECOND_APART, FIRST_APART + SECOND_APART))
    if filters.label or filters.other:
        condition &= _either("label", "other", _stored(filters.label), _stored(filters.other))
        if filters.kind != DisagreementKind.RELATION:
            condition &= ~Q(kind=DisagreementKind.RELATION)
    return condition


def _stored(label: str) -> str | None:
    """Return a label as it is stored, None for any."""
    return "" if label == NOTHING else label or None


def _either(name: str, other_name: str, one: str | None, another: str | None) -> Q:
    """Return the condition for two values in either order; None, and "" for names, match anything."""
    anything = (None, "") if name == "first" else (None,)
    sides = []
    for here, there in ((name, other_name), (other_name, name)):
        side = Q()
        side &= Q() if one in anything else Q(**{here: one})
        side &= Q() if another in anything else Q(**{there: another})
        sides.append(side)
    return sides[0] | sides[1] if sides[0] and sides[1] else Q()


def page_of(report: AgreementReport, filters: DisagreementFilters, *, after: str = "", before: str = "") -> Page:
    """Return a page of the list, one disagreement a location; at most one of the two cursors is used."""
    keys = ORDERS[filters.order]
    backwards = bool(before) and not after
    cursor = after or before
    order = [f"-{key}" for key in keys] if backwards else list(keys)
    beyond = _beyond(keys, cursor, "lt" if backwards else "gt") if cursor else Q()
    page_rows: list[Disagreement] = []
    for documents in (
        _worst_documents(report, keys, cursor, backwards=backwards) if filters.order == "worst" else (None,)
    ):
        rows = heads_of(report, filters, documents=documents)
        page_rows = list(rows.filter(beyond).order_by(*order)[: A_PAGE + 1])
        if len(page_rows) > A_PAGE:
            break
    more, shown = len(page_rows) > A_PAGE, page_rows[:A_PAGE]
    if backwards:
        return _page(shown[::-1], keys, is_first=not more, is_last=False)
    return _page(shown, keys, is_first=not after, is_last=not more)


def _worst_documents(
    report: AgreementReport, keys: Sequence[str], cursor: str, *, backwards: bool
) -> Iterator[list[int] | None]:
    """Yield the first few documents from a cursor on, more of them, and None for all: few hold a page of rows.

    To sort all rows of a large report by the figure of their document takes half a second.
    """
    documents = DocumentAgreement.objects.filter(report=report).annotate(worst=Coalesce("overlap_f1", Value(2.0)))
    if cursor:
        worst, document = _values(keys, cursor)[:2]
        which = "lt" if backwards else "gt"
        documents = documents.filter(
            Q(**{f"worst__{which}": worst}) | Q(worst=worst, **{f"document__{which}e": document})
        )
    sign = "-" if backwards else ""
    ordered = documents.order_by(f"{sign}worst", f"{sign}document").values_list("document", flat=True)
    for count in FEW_DOCUMENTS:
        few = list(ordered[:count])
        yield few
        if len(few) < count:
            return
    yield None


def _page(rows: list[Disagreement], keys: Sequence[str], *, is_first: bool, is_last: bool) -> Page:
    return Page(
        rows,
        before=_cursor(rows[0], keys) if rows and not is_first else "",
        after=_cursor(rows[-1], keys) if rows and not is_last else "",
    )


def _cursor(row: Disagreement, keys: Sequence[str]) -> str:
    values = [getattr(row, key) for key in keys]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _beyond(keys: Sequence[str], cursor: str, which: str) -> Q:
    """Return the condition for rows after (`gt`) or before (`lt`) a cursor."""
    values = _values(keys, cursor)
    # The first condition tells the database where to start in the index.
    skipped, equal = Q(**{f"{keys[0]}__{which}e": values[0]}), Q()
    beyond = Q()
    for key, value in zip(keys, values, strict=True):
        beyond |= equal & Q(**{f"{key}__{which}": value})
        equal &= Q(**{key: value})
    return skipped & beyond


def _values(keys: Sequence[str], cursor: str) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise _no_such_page() from error
    expected = [str if key == "words" else int for key in keys]
    if not isinstance(values, list) or len(values) != len(keys):
        raise _no_such_page()
    for value, kind in zip(values, expected, strict=True):
        if not isinstance(value, kind) and not isinstance(value, float):
            raise _no_such_page()
    return values


def _no_such_page() -> NotFound:
    return NotFound("This page of the list does not exist. Go back to the first page.")


def counted_locations(report: AgreementReport, filters: DisagreementFilters) -> Iterable[tuple[DisagreementTypes, int]]:
    """Return locations by their types of disagreement: as stored in the report, or counted for filters of `need_rows`.

    Those of reports of earlier versions are disagreements of pairs.
    """
    figures = figures_of(report)
    if not filters.need_rows:
        if figures.locations is not None:
            return [(location.types, location.number) for location in figures.locations]
        return [([row[2:6]], row.number) for row in figures.disagreements or ()]
    columns = ("measurement", "location", "id", *TYPE)
    types: dict[tuple[int, int | None, int | None], set[tuple[str, str, str, str]]] = {}
    for measurement, location, key, *kind in disagreements_of(report, filters.only_rows).values_list(*columns):
        place = measurement, location, key if location is None else None
        types.setdefault(place, set()).add(type_of(*kind))
    return Counter(tuple(sorted(own)) for own in types.values()).items()


@dataclass(frozen=True)
class RepeatedString:
    """A string that several locations are about, with their number by kind."""

    words: str
    count: int
    kinds: Mapping[DisagreementKind, int]


LOCATION = Coalesce(F("measurement") * Value(1_000_000_000) + F("location"), -F("id"))
"""A number for each location of a report; in measurements of earlier versions, for each disagreement."""


def repeated_strings(report: AgreementReport) -> list[RepeatedString]:
    """Return the strings with most locations, at least two, each with the kinds."""
    spans = (
        Disagreement.objects.filter(measurement__agreements__report=report)
        .exclude(kind=DisagreementKind.RELATION)
        .order_by()
    )
    number = Count(LOCATION, distinct=True)
    counted = spans.values("words").annotate(count=number).filter(count__gt=1).order_by("-count", "words")
    strings = list(counted.values_list("words", "count")[:MOST_STRINGS])
    kinds: dict[str, Counter[DisagreementKind]] = {}
    about = spans.filter(words__in=[words for words, _ in strings])
    for words, kind, count in about.values_list("words", "kind").annotate(count=number):
        kinds.setdefault(words, Counter())[DisagreementKind(kind)] += count
    return [RepeatedString(words, count, dict(sorted(kinds.get(words, Counter()).items()))) for words, count in strings]


MOST_SENTENCES, DOCUMENTS_SEARCHED = 10, 20


@dataclass(frozen=True)
class DisputedSentence:
    """A sentence with the number of locations of disagreement that start in it."""

    document: Document
    start: int
    end: int
    count: int


def disputed_sentences(report: AgreementReport) -> list[DisputedSentence]:
    """Return the sentences with most locations, at least two, among the documents that have most."""
    rows = Disagreement.objects.filter(measurement__agreements__report=report).order_by()
    counted = rows.values(in_document=F("measurement__agreements__document")).annotate(
        count=Count(LOCATION, distinct=True)
    )
    worst = [row["in_document"] for row in counted.order_by("-count", "in_document")[:DOCUMENTS_SEARCHED]]
    sentences = []
    for document in Document.objects.filter(pk__in=worst).order_by("id"):
        own = rows.filter(measurement__agreements__document=document).annotate(place=LOCATION)
        starts = sorted(own.values("place").annotate(first=Min("start")).values_list("first", flat=True))
        for low, high in sentence_boundaries(document.text):
            count = bisect_left(starts, high) - bisect_left(starts, low)
            sentences += [DisputedSentence(document, low, high, count)] if count > 1 else []
    return sorted(sentences, key=lambda each: (-each.count, each.document.pk, each.start))[:MOST_SENTENCES]
