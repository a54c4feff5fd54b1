"""Which disagreements of a report are looked at: what stands in the address of the list. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from annotator.agreement.alignment import Kind

ORDERS = {"place": "place in the text", "worst": "worst documents first", "words": "words", "longest": "longest first"}
PLACE = re.compile(r"[0-9]{1,9}-[0-9]{1,9}")
CubeRow = Sequence[Any]
"""First person, second person, kind, label, other label, attribute, count: a row of `result["disagreements"]`."""


@dataclass(frozen=True)
class Filters:
    """What the list is limited to; "" limits nothing. `nothing` as `other` means that one of the two has none there.

    `label` and `other` are the labels of the two in either order. With kind `relation` they are those of relations.
    `side` (start or end) says at which end a `boundary` differs, `place` (`120-180`) what begins in a stretch.
    `batch` is one import, by the moment at which it was started.
    `one` and `another` are a pair of people in either order; `one` alone is one person against all others.
    """

    kind: str = ""
    label: str = ""
    other: str = ""
    one: str = ""
    another: str = ""
    attribute: str = ""
    document: str = ""
    words: str = ""
    boundary: str = ""
    side: str = ""
    batch: str = ""
    place: str = ""
    order: str = "place"

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> "Filters":
        """Read them; what makes no sense limits nothing."""
        found = cls(**{name: query.get(name, "") for name in asdict(cls()) if name != "order"})
        order = query.get("order", "")
        return replace(
            found,
            kind=found.kind if found.kind in list(Kind) else "",
            side=found.side if found.side in ("start", "end") else "",
            place=found.place if PLACE.fullmatch(found.place) else "",
            batch=found.batch if _is_moment(found.batch) else "",
            document=found.document if found.document.isascii() and found.document.isdigit() else "",
            order=order if order in ORDERS else "place",
        )

    def query(self, **changes: str) -> str:
        """The filters with changes, as they stand in an address after the question mark."""
        changed = asdict(replace(self, **changes))
        return urlencode({name: value for name, value in changed.items() if value and (name, value) != ORDER})

    @property
    def need_rows(self) -> bool:
        """Whether counting takes the rows themselves: the counts of the report do not say this much."""
        return bool(self.document or self.words or self.boundary or self.batch or self.place)

    def match(self, row: CubeRow) -> bool:
        """Whether a row of counts falls under them; the caller sees to what `need_rows` is about."""
        first, second, kind, label, other, attribute, _count = row
        if (self.kind and kind != self.kind) or (self.attribute and attribute != self.attribute):
            return False
        return _either(self.one, self.another, (first, second)) and self._labels_match(kind, label, other)

    def _labels_match(self, kind: str, label: str, other: str) -> bool:
        if not self.label and not self.other:
            return True
        # Relations have names of their own.
        if kind == Kind.RELATION and self.kind != Kind.RELATION:
            return False
        return _either(self.label, self.other, (label or NOTHING, other or NOTHING))


NOTHING = "nothing"
ORDER = ("order", "place")


def _is_moment(given: str) -> bool:
    """Whether this is a moment with its time zone."""
    try:
        moment = datetime.fromisoformat(given)
        return moment.tzinfo is not None and moment.astimezone(UTC).year > 0
    except (ValueError, OverflowError):
        return False


def _either(one: str, another: str, pair: tuple[str, str]) -> bool:
    """Whether a pair has these, in either order; "" is anything."""
    return any((not one or one == first) and (not another or another == second) for first, second in (pair, pair[::-1]))


@dataclass(frozen=True)
class Facets:
    """How many there are with these filters, and how many there would be with another value of each."""

    total: int
    kinds: Mapping[str, int]
    labels: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    attributes: Mapping[str, int]


def facets(rows: Iterable[CubeRow], filters: Filters) -> Facets:
    """Count rows of counts."""
    kinds: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    attributes: Counter[str] = Counter()
    total = 0
    without = {name: replace(filters, **{name: ""}) for name in ("kind", "attribute")}
    any_label, any_pair = replace(filters, label="", other=""), replace(filters, one="", another="")
    for row in rows:
        first, second, kind, label, other, attribute, count = row
        total += count if filters.match(row) else 0
        if without["kind"].match(row):
            kinds[kind] += count
        if attribute and without["attribute"].match(row):
            attributes[attribute] += count
        if any_pair.match(row):
            pairs[first, second] += count
        if any_label.match(row) and (kind != Kind.RELATION or filters.kind == Kind.RELATION):
            for each in {label, other} - {""}:
                labels[each] += count
    return Facets(total, kinds, labels, pairs, attributes)
