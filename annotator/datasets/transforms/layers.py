"""Overlapping spans reduced to one layer, and discontinuous spans to spans of one fragment."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from enum import StrEnum

from annotator.formats.records import SpanRecord

LONGEST_ID = 64
Fragment = tuple[int, int]


class Nested(StrEnum):
    """Which spans that share characters are kept."""

    KEEP = "keep"
    OUTER = "outer"
    INNER = "inner"


class Discontinuous(StrEnum):
    """How discontinuous spans are exported."""

    KEEP = "keep"
    HULL = "hull"
    PARTS = "parts"


def length(span: SpanRecord) -> int:
    """Return the number of code points that a span covers."""
    return sum(end - start for start, end in span["fragments"])


def text_order(span: SpanRecord) -> tuple[int, int, str, str]:
    """Return the key that sorts spans by start, end, label and id."""
    return span["fragments"][0][0], span["fragments"][-1][1], span["label"], span["id"]


def one_layer(
    spans: Sequence[SpanRecord], nested: Nested
) -> tuple[list[SpanRecord], list[tuple[SpanRecord, SpanRecord]]]:
    """Return spans of which no two share a character, and each removed span with a kept span that it overlaps.

    `outer` keeps the longest spans, `inner` the shortest; of equal lengths the earlier, then by label and id. Spans
    that overlap a kept span are removed, whether they nest or cross.
    """
    sign = -1 if nested is Nested.OUTER else 1
    kept: list[tuple[int, int, int]] = []
    taken: list[SpanRecord] = []
    removed: list[tuple[SpanRecord, SpanRecord]] = []
    for span in sorted(spans, key=lambda span: (sign * length(span), *text_order(span))):
        overlapped = _first_overlap(kept, span)
        if overlapped is not None:
            removed.append((span, taken[overlapped]))
            continue
        for start, end in span["fragments"]:
            insort(kept, (start, end, len(taken)))
        taken.append(span)
    return sorted(taken, key=text_order), removed


def _first_overlap(kept: Sequence[tuple[int, int, int]], span: SpanRecord) -> int | None:
    """Return the index of a kept span that shares a character; `kept` has sorted fragments that do not overlap."""
    for start, end in span["fragments"]:
        at = bisect_left(kept, (start, start, -1))
        for index in (at - 1, at):
            if 0 <= index < len(kept) and kept[index][0] < end and start < kept[index][1]:
                return kept[index][2]
    return None


def hull(span: SpanRecord) -> SpanRecord:
    """Return a span as one fragment, from its first to its last character."""
    return {**span, "fragments": [[span["fragments"][0][0], span["fragments"][-1][1]]]}


def parts(span: SpanRecord, taken: set[str]) -> list[SpanRecord]:
    """Return one span per fragment. The first keeps the id; the others get new ids, which are added to `taken`."""
    made: list[SpanRecord] = []
    for number, fragment in enumerate(span["fragments"], 1):
        made.append({**span, "id": span["id"] if number == 1 else _new_id(span["id"], number, taken)})
        made[-1]["fragments"] = [fragment]
    return made


def _new_id(given: str, number: int, taken: set[str]) -> str:
    ending = f"~{number}"
    while (made := given[: LONGEST_ID - len(ending)] + ending) in taken:
        ending = f"{ending}~"
    taken.add(made)
    return made
