"""Filters of the list of disagreements, as its address has them. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import MAXYEAR, UTC, datetime
from urllib.parse import urlencode

from annotator.measures.alignment import DisagreementKind

ORDERS = ("place", "worst", "words", "longest")
# Of a document; the databases compare with numbers of up to 63 bits.
ID = re.compile(r"[0-9]{1,18}")
STRETCH = re.compile(r"[0-9]{1,9}-[0-9]{1,9}")
DisagreementTypes = Iterable[tuple[str, str, str, str]]
"""The types of disagreement at a location: kind, label, other label and attribute of each."""


@dataclass(frozen=True)
class DisagreementFilters:
    """What the list is limited to; "" is no filter. `nothing` as `other` means that one of the two has no span there.

    `label` and `other` are the labels of the two in either order; with kind `relation` those of relations. `side`
    (start or end) is the end at which a `boundary` differs; `place` (`120-180`) is the part of the text in which
    disagreements start; `batch` is one import by the time of its start, `week` the documents whose last annotator
    submitted in the seven days from a moment. `one` and `another` are two annotators in either order; `one` alone is
    one annotator against all others; `apart` is one who differs from most others.
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
    week: str = ""
    place: str = ""
    apart: str = ""
    order: str = "place"

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> "DisagreementFilters":
        """Return the filters of a query; invalid values are ignored."""
        filters = cls(**{name: query.get(name, "") for name in asdict(cls()) if name != "order"})
        order = query.get("order", "")
        return replace(
            filters,
            kind=filters.kind if filters.kind in list(DisagreementKind) else "",
            side=filters.side if filters.side in ("start", "end") else "",
            place=filters.place if STRETCH.fullmatch(filters.place) else "",
            batch=filters.batch if _is_moment(filters.batch) else "",
            week=filters.week if _is_moment(filters.week) else "",
            document=filters.document if ID.fullmatch(filters.document) else "",
            order=order if order in ORDERS else "place",
        )

    def query(self, **changes: str) -> str:
        """Return the query of an address with these filters and some changes."""
        # Tables of a report have hundreds of these addresses.
        changed = {**vars(self), **changes}
        return urlencode({name: value for name, value in changed.items() if value and (name, value) != ORDER})

    @property
    def need_rows(self) -> bool:
        """Whether counting needs the rows themselves: the counts of the report have no column for these filters."""
        named = self.one or self.another or self.apart
        period = self.batch or self.week
        return bool(self.document or self.words or self.boundary or period or self.place or named)

    @property
    def only_rows(self) -> "DisagreementFilters":
        """The filters of `need_rows` alone."""
        return replace(self, kind="", label="", other="", attribute="", order="place")

    def match(self, kind: str, label: str, other: str, attribute: str) -> bool:
        """Return whether a type of disagreement passes; the caller handles the filters of `need_rows`."""
        if (self.kind and kind != self.kind) or (self.attribute and attribute != self.attribute):
            return False
        return self._labels_match(kind, label, other)

    def _labels_match(self, kind: str, label: str, other: str) -> bool:
        if not self.label and not self.other:
            return True
        # Relations have labels of their own.
        if kind == DisagreementKind.RELATION and self.kind != DisagreementKind.RELATION:
            return False
        return _either(self.label, self.other, (label or NOTHING, other or NOTHING))


NOTHING = "nothing"
ORDER = ("order", "place")


def _is_moment(given: str) -> bool:
    """Return whether this is a time with its zone, to which a week can be added."""
    try:
        moment = datetime.fromisoformat(given)
        return moment.tzinfo is not None and 0 < moment.astimezone(UTC).year < MAXYEAR
    except (ValueError, OverflowError):
        return False


def _either(one: str, another: str, pair: tuple[str, str]) -> bool:
    """Return whether a pair has these values in either order; "" matches anything."""
    return any((not one or one == first) and (not another or another == second) for first, second in (pair, pair[::-1]))


@dataclass(frozen=True)
class Facets:
    """How many locations pass the filters, and how many would with another value of each, `any_kind` with any type."""

    total: int
    any_kind: int
    kinds: Mapping[str, int]
    labels: Mapping[str, int]
    attributes: Mapping[str, int]


def facets(locations: Iterable[tuple[DisagreementTypes, int]], filters: DisagreementFilters) -> Facets:
    """Return the facets of locations, given by their types of disagreement and their number."""
    kinds: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    attributes: Counter[str] = Counter()
    total = any_kind = 0
    without = {name: replace(filters, **{name: ""}) for name in ("kind", "attribute")}
    any_label = replace(filters, label="", other="")
    are_relations = filters.kind == DisagreementKind.RELATION
    for types, count in locations:
        listed = list(types)
        total += count if any(filters.match(*each) for each in listed) else 0
        matching = {kind for kind, *rest in listed if without["kind"].match(kind, *rest)}
        any_kind += count if matching else 0
        kinds.update(dict.fromkeys(matching, count))
        names = {each[3] for each in listed if each[3] and without["attribute"].match(*each)}
        attributes.update(dict.fromkeys(names, count))
        about = [each for each in listed if (each[0] != DisagreementKind.RELATION or are_relations)]
        found = {label for each in about if any_label.match(*each) for label in each[1:3] if label}
        labels.update(dict.fromkeys(found, count))
    return Facets(total, any_kind, kinds, labels, attributes)
