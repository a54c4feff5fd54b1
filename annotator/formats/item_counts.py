"""The items of a file and the result for each: found, and left out by reason. Pure.

Every import follows one law: items found = items stored + items left out. Readers count what they meet, not what they
make of it: `SetBuilder.add_span` counts a span, and `SetBuilder.leave_out` counts an item that is not kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

KINDS = ("documents", "spans", "relations", "attributes", "notes")
ItemNumbers = Mapping[str, int]


class LeftOutReason(NamedTuple):
    """Why items are not stored: in words, and whether that loses nothing or was chosen by the person who imports."""

    words: str
    is_allowed: bool = False


REASONS: Mapping[str, LeftOutReason] = {
    # By readers.
    "no_label": LeftOutReason("without a label"),
    "no_span": LeftOutReason("belonging to no span"),
    "no_end": LeftOutReason("between spans that are missing"),
    "without_length": LeftOutReason("without length"),
    "unsupported": LeftOutReason("of a kind that cannot be stored"),
    "unreadable": LeftOutReason("that cannot be read"),
    "too_long": LeftOutReason("too long"),
    "other_column": LeftOutReason("in columns of tags that were not read"),
    "repeated": LeftOutReason("the same as another one", is_allowed=True),
    "rejected": LeftOutReason("rejected or skipped by the annotator", is_allowed=True),
    "draft": LeftOutReason("in drafts that were not submitted", is_allowed=True),
    # By the person who imports.
    "mapping": LeftOutReason("left out by the mapping", is_allowed=True),
    "unknown_name": LeftOutReason("left out because their names are not in the schema", is_allowed=True),
    "merged": LeftOutReason("merged into documents with the same text", is_allowed=True),
    "choice": LeftOutReason("left out as chosen", is_allowed=True),
    # By the import.
    "refused": LeftOutReason("in refused documents"),
    "refused_allowed": LeftOutReason("in refused documents, which were skipped as chosen", is_allowed=True),
    "refused_file": LeftOutReason("in refused files"),
    "ended_early": LeftOutReason("not imported, because the import ended early"),
    "stored_before": LeftOutReason("stored already", is_allowed=True),
    "other_version": LeftOutReason("of annotation sets that are stored with other content"),
}


@dataclass(slots=True)
class ItemCounts:
    """Numbers of items by kind (one of `KINDS`): found, and left out by kind and reason (one of `REASONS`)."""

    found: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the counts that `as_json` made."""
        left_out = value.get("left_out", {})
        reasons = {(kind, reason): number for kind, numbers in left_out.items() for reason, number in numbers.items()}
        return cls(Counter(value.get("found", {})), Counter(reasons))

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON."""
        left_out: dict[str, dict[str, int]] = {}
        for (kind, reason), number in self.left_out.items():
            if number:
                left_out.setdefault(kind, {})[reason] = number
        return {"found": {kind: number for kind, number in self.found.items() if number}, "left_out": left_out}

    def find(self, kind: str, number: int = 1) -> None:
        """Count items of the file."""
        self.found[kind] += number

    def leave_out(self, kind: str, reason: str, number: int = 1) -> None:
        """Count items of the file that are not kept; they count as found as well."""
        if reason not in REASONS:
            raise ValueError(f"“{reason}” is not a reason for leaving items out.")
        self.found[kind] += number
        self.left_out[kind, reason] += number

    def lose(self, reason: str, numbers: ItemNumbers) -> None:
        """Count items as left out that were counted as found before."""
        if reason not in REASONS:
            raise ValueError(f"“{reason}” is not a reason for leaving items out.")
        for kind, number in numbers.items():
            if number:
                self.left_out[kind, reason] += number

    def lose_rest(self, reason: str) -> None:
        """Count all items as left out that were found and not left out before."""
        self.lose(reason, self.kept)

    def add(self, other: "ItemCounts") -> None:
        """Add other counts to these."""
        self.found.update(other.found)
        self.left_out.update(other.left_out)

    @property
    def kept(self) -> dict[str, int]:
        """The items that were found and not left out, by kind."""
        return {kind: self.found[kind] - self.number_left_out(kind) for kind in KINDS}

    def number_left_out(self, kind: str) -> int:
        """Return how many items of a kind were left out, for any reason."""
        return sum(number for (own, _), number in self.left_out.items() if own == kind)

    def lost(self) -> dict[str, int]:
        """Return the items whose loss was not allowed, by kind."""
        lost: Counter[str] = Counter()
        for (kind, reason), number in self.left_out.items():
            if not REASONS[reason].is_allowed:
                lost[kind] += number
        return {kind: lost[kind] for kind in KINDS if lost[kind] > 0}


def numbers_of(spans: Iterable[Any], relations: Iterable[Any], document_attributes: Any = None) -> Counter[str]:
    """Return the numbers of spans, relations, attributes with a value, and notes; items need not be well-formed.

    Attributes of the document count as attributes.
    """
    number = attributes = notes = 0
    for span in spans:
        number += 1
        if type(span) is dict:
            if span.get("note"):
                notes += 1
            values = span.get("attributes")
            if values and type(values) is dict:
                attributes += len(values)
                if None in values.values():
                    attributes -= list(values.values()).count(None)
    if document_attributes and type(document_attributes) is dict:
        attributes += len(document_attributes) - list(document_attributes.values()).count(None)
    relation_number = sum(1 for _ in relations)
    return Counter({"spans": number, "relations": relation_number, "attributes": attributes, "notes": notes})
