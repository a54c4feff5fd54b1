"""The unit that an address asks for: by its key, or by a location in the text."""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from annotator.adjudication.board.contents import IN_ORDER
from annotator.adjudication.board.overview import Overview
from annotator.adjudication.models import CONTESTED, Adjudication, StoredStatus, Unit, UnitKind

LOCATION = re.compile(r"(?:at-(?P<kind>[a-z_]+)-)?(?P<start>[0-9]{1,9})(?:-(?P<end>[0-9]{1,9}))?")
"""A location in the text: a code point, or as the lists of disagreements write it, `at-boundary-10-20`."""
COLUMNS = ("pk", "kind", "kinds", "low", "high", "status")


def unit_to_show(adjudication: Adjudication, overview: Overview, given: str, *, at: str = "") -> int | None:
    """Return the unit that was asked for, by its key or by a location in the text.

    Without one, the first open unit (skipped ones last), else the first contested unit.
    """
    of_adjudication = Unit.objects.filter(adjudication=adjudication)
    if given.isascii() and given.isdigit() and len(given) < 19 and of_adjudication.filter(pk=int(given)).exists():
        return int(given)
    location = LOCATION.fullmatch(at)
    unit = unit_at_location(adjudication, location.groupdict()) if location else None
    return unit or next(chain(overview.open, overview.keys), None)


def unit_at_location(adjudication: Adjudication, location: Mapping[str, str | None]) -> int | None:
    """Return the best unit at a location, else the nearest: of the named kind, contested, with the same boundaries."""
    start = int(location["start"] or 0)
    end = int(location["end"] or start + 1)
    # A relation is listed where its later end is, and addressed by where it begins.
    units = Unit.objects.filter(adjudication=adjudication).exclude(status=StoredStatus.GONE).order_by(*IN_ORDER)
    placed = units.annotate(low=Coalesce("from_unit__start", "start"), high=Coalesce("from_unit__end", "end"))
    rows = list(placed.filter(low__lt=end, high__gt=start).values(*COLUMNS)) or _nearest(placed, start)
    wanted = location["kind"] or ""

    def distance_of(row: Mapping[str, Any]) -> tuple[bool, bool, bool, int]:
        is_other = (row["kind"] == UnitKind.RELATION) != (wanted == "relation")
        distance = abs(row["low"] - start) + abs(row["high"] - end)
        return is_other, row["status"] not in CONTESTED, bool(wanted) and wanted not in row["kinds"], distance

    return min(rows, key=distance_of)["pk"] if rows else None


def _nearest(placed: QuerySet[Any], start: int) -> list[dict[str, Any]]:
    """The last unit that ends before a position, or the first that begins after it."""
    before = placed.filter(high__lte=start).order_by(F("high").desc(), "id").values(*COLUMNS).first()
    after = placed.filter(low__gte=start).order_by("low", "id").values(*COLUMNS).first()
    rows = [row for row in (before, after) if row is not None]
    return sorted(rows, key=lambda row: max(row["low"] - start, start - row["high"]))[:1]
