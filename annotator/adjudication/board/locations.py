"""Which unit somebody means: by its key, or by a place in the text."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from annotator.adjudication.board.contents import IN_ORDER
from annotator.adjudication.board.overview import Overview
from annotator.adjudication.models import CONTESTED, Adjudication, Stands, Unit, UnitKind

PLACE = re.compile(r"(?:at-(?P<kind>[a-z_]+)-)?(?P<start>[0-9]{1,9})(?:-(?P<end>[0-9]{1,9}))?")
"""A place in the text: a code point, or as the lists of disagreements name it, `at-boundary-10-20`."""
COLUMNS = ("pk", "kind", "kinds", "low", "high", "stands")


def present_key(adjudication: Adjudication, overview: Overview, given: str, *, at: str = "") -> int | None:
    """Return the unit that was asked for, by its key or by a place in the text.

    Else the first open one, those left for later last, else the first that people decide about.
    """
    of_adjudication = Unit.objects.filter(adjudication=adjudication)
    if given.isascii() and given.isdigit() and len(given) < 19 and of_adjudication.filter(pk=int(given)).exists():
        return int(given)
    place = PLACE.fullmatch(at)
    found = unit_at(adjudication, place.groupdict()) if place else None
    return found or next(iter([*overview.open, *overview.keys]), None)


def unit_at(adjudication: Adjudication, place: Mapping[str, str | None]) -> int | None:
    """Return the unit at a place, else the nearest one: of the kind that is named, contested, with the same edges."""
    start = int(place["start"] or 0)
    end = int(place["end"] or start + 1)
    # A relation stands in the list where its later end is, and is named by where it begins.
    units = Unit.objects.filter(adjudication=adjudication).exclude(stands=Stands.GONE).order_by(*IN_ORDER)
    placed = units.annotate(low=Coalesce("from_unit__start", "start"), high=Coalesce("from_unit__end", "end"))
    rows = list(placed.filter(low__lt=end, high__gt=start).values(*COLUMNS)) or _nearest(placed, start)
    wanted = place["kind"] or ""

    def apart(row: Mapping[str, Any]) -> tuple[bool, bool, bool, int]:
        is_other = (row["kind"] == UnitKind.RELATION) != (wanted == "relation")
        distance = abs(row["low"] - start) + abs(row["high"] - end)
        return is_other, row["stands"] not in CONTESTED, bool(wanted) and wanted not in row["kinds"], distance

    return min(rows, key=apart)["pk"] if rows else None


def _nearest(placed: QuerySet[Any], start: int) -> list[dict[str, Any]]:
    """The last one that ends before a place, or the first that begins after it."""
    before = placed.filter(high__lte=start).order_by(F("high").desc(), "id").values(*COLUMNS).first()
    after = placed.filter(low__gte=start).order_by("low", "id").values(*COLUMNS).first()
    found = [row for row in (before, after) if row is not None]
    return sorted(found, key=lambda row: max(row["low"] - start, start - row["high"]))[:1]


def with_contested(adjudication: Adjudication, key: int) -> list[int]:
    """Return what people decide about together with one other unit, in order of the text."""
    units = Unit.objects.filter(Q(stands__in=CONTESTED) | Q(pk=key), adjudication=adjudication).order_by(*IN_ORDER)
    return list(units.values_list("pk", flat=True))
