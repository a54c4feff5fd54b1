"""Reading stored disagreements: filtered, in an order, a page at a time by keyset."""

import base64
import binascii
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from annotator.agreement.alignment import Kind
from annotator.agreement.filters import NOTHING, CubeRow, Filters
from annotator.agreement.models import AgreementReport, Disagreement
from annotator.corpus.documents.models import Document
from annotator.problems import NotFound
from annotator.text.sentences import sentence_boundaries

A_PAGE = 50
MOST_STRINGS = 30
# Ascending all; together they are unique.
ORDERS: dict[str, tuple[str, ...]] = {
    "place": ("document", "start", "end", "id"),
    "worst": ("worst", "document", "start", "end", "id"),
    "words": ("words", "document", "start", "id"),
    "longest": ("size", "document", "start", "id"),
}
COUNTED = ("first", "second", "kind", "label", "other", "attribute")


@dataclass(frozen=True)
class Page:
    """Some disagreements, each with `document` (id), and the cursors of the pages around; "" where there is none."""

    rows: list[Any]
    before: str
    after: str


def disagreements_of(report: AgreementReport, filters: Filters) -> QuerySet[Disagreement]:
    """Return the disagreements of a report, with what they are put in order by."""
    # One call: conditions on the same row of a relation must not stand in two.
    of_report: dict[str, Any] = {"measurement__agreements__report": report}
    if filters.document:
        of_report["measurement__agreements__document"] = int(filters.document)
    if filters.batch:
        of_report["measurement__agreements__document__created_at"] = datetime.fromisoformat(filters.batch)
    return Disagreement.objects.filter(_condition(filters), **of_report).annotate(
        document=F("measurement__agreements__document_id"),
        worst=Coalesce("measurement__agreements__overlap_f1", Value(2.0)),
        size=F("start") - F("end"),
    )


def _condition(filters: Filters) -> Q:
    found = Q()
    for name in ("kind", "attribute", "words"):
        if value := getattr(filters, name):
            found &= Q(**{name: value})
    if filters.boundary:
        sides = [filters.side] if filters.side else ["start", "end"]
        found &= Q(*((f"{side}_difference", filters.boundary) for side in sides), _connector=Q.OR)
    if filters.place:
        low, high = (int(edge) for edge in filters.place.split("-"))
        found &= Q(start__gte=low, start__lt=high)
    found &= _either("first", "second", filters.one, filters.another)
    if filters.label or filters.other:
        found &= _either("label", "other", _stored(filters.label), _stored(filters.other))
        if filters.kind != Kind.RELATION:
            found &= ~Q(kind=Kind.RELATION)
    return found


def _stored(label: str) -> str | None:
    """A label as it is stored, None for any."""
    return "" if label == NOTHING else label or None


def _either(name: str, other_name: str, one: str | None, another: str | None) -> Q:
    """That two columns hold these values, in either order; None and "" for people are anything."""
    anything = (None, "") if name == "first" else (None,)
    sides = []
    for here, there in ((name, other_name), (other_name, name)):
        side = Q()
        side &= Q() if one in anything else Q(**{here: one})
        side &= Q() if another in anything else Q(**{there: another})
        sides.append(side)
    return sides[0] | sides[1] if sides[0] and sides[1] else Q()


def page_of(report: AgreementReport, filters: Filters, *, after: str = "", before: str = "") -> Page:
    """Return a page of the list; at most one of the two cursors is looked at."""
    keys = ORDERS[filters.order]
    rows = disagreements_of(report, filters)
    if after:
        found = list(rows.filter(_beyond(keys, after, "gt")).order_by(*keys)[: A_PAGE + 1])
        shown = found[:A_PAGE]
        return _page(shown, keys, is_first=False, is_last=len(found) <= A_PAGE)
    if before:
        found = list(rows.filter(_beyond(keys, before, "lt")).order_by(*(f"-{key}" for key in keys))[: A_PAGE + 1])
        shown = found[:A_PAGE][::-1]
        return _page(shown, keys, is_first=len(found) <= A_PAGE, is_last=False)
    found = list(rows.order_by(*keys)[: A_PAGE + 1])
    return _page(found[:A_PAGE], keys, is_first=True, is_last=len(found) <= A_PAGE)


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
    """What comes after (`gt`) or before (`lt`) a cursor."""
    values = _values(keys, cursor)
    # The first says how far an index may skip.
    found, equal = Q(**{f"{keys[0]}__{which}e": values[0]}), Q()
    beyond = Q()
    for key, value in zip(keys, values, strict=True):
        beyond |= equal & Q(**{f"{key}__{which}": value})
        equal &= Q(**{key: value})
    return found & beyond


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
    return NotFound("There is no such page of this list. Go back to its beginning.")


def counts_of(report: AgreementReport, filters: Filters) -> list[CubeRow]:
    """Return how many disagreements there are of each: out of the report, or counted where it does not say."""
    if not filters.need_rows:
        stored: list[CubeRow] = (report.result or {}).get("disagreements", [])
        return stored
    only = Filters(
        document=filters.document,
        words=filters.words,
        boundary=filters.boundary,
        side=filters.side,
        batch=filters.batch,
        place=filters.place,
    )
    counted = disagreements_of(report, only).order_by().values_list(*COUNTED).annotate(count=Count("id"))
    return [tuple(row) for row in counted.values_list(*COUNTED, "count")]


def repeated_strings(report: AgreementReport) -> list[dict[str, Any]]:
    """Return the strings that people differ about most often, each with the kinds; once is no pattern."""
    spans = Disagreement.objects.filter(measurement__agreements__report=report).exclude(kind=Kind.RELATION).order_by()
    counted = spans.values("words").annotate(count=Count("id")).filter(count__gt=1).order_by("-count", "words")
    strings = list(counted.values_list("words", "count")[:MOST_STRINGS])
    kinds: dict[str, Counter[str]] = {}
    about = spans.filter(words__in=[words for words, _ in strings])
    for words, kind, count in about.values_list("words", "kind").annotate(count=Count("id")):
        kinds.setdefault(words, Counter())[kind] += count
    return [
        {"words": words, "count": count, "kinds": dict(sorted(kinds.get(words, Counter()).items()))}
        for words, count in strings
    ]


MOST_PLACES, DOCUMENTS_LOOKED_AT = 10, 20


@dataclass(frozen=True)
class Place:
    """A sentence with how many disagreements begin in it."""

    document: Document
    start: int
    end: int
    count: int


def worst_places(report: AgreementReport) -> list[Place]:
    """Return the sentences with most disagreements, out of the documents that have most; one alone is no pattern."""
    rows = Disagreement.objects.filter(measurement__agreements__report=report).order_by()
    counted = rows.values(in_document=F("measurement__agreements__document")).annotate(count=Count("id"))
    worst = [row["in_document"] for row in counted.order_by("-count", "in_document")[:DOCUMENTS_LOOKED_AT]]
    found = []
    for document in Document.objects.filter(pk__in=worst).order_by("id"):
        own = rows.filter(measurement__agreements__document=document).order_by("start")
        starts = list(own.values_list("start", flat=True))
        for low, high in sentence_boundaries(document.text):
            count = bisect_left(starts, high) - bisect_left(starts, low)
            found += [Place(document, low, high, count)] if count > 1 else []
    return sorted(found, key=lambda place: (-place.count, place.document.pk, place.start))[:MOST_PLACES]
