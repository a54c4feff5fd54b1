"""Spans that lie on each other brought down to one layer, and spans of several fragments to one."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from enum import StrEnum

from annotator.formats.records import SpanRecord

LONGEST_ID = 64
Fragment = tuple[int, int]


class Nested(StrEnum):
    """What happens to spans that share characters."""

    KEEP = "keep"
    OUTER = "outer"
    INNER = "inner"


class Discontinuous(StrEnum):
    """What happens to spans of several fragments."""

    KEEP = "keep"
    HULL = "hull"
    PARTS = "parts"


def length(span: SpanRecord) -> int:
    """How many code points a span covers."""
    return sum(end - start for start, end in span["fragments"])


def text_order(span: SpanRecord) -> tuple[int, int, str, str]:
    """Spans by start, end, label and id."""
    return span["fragments"][0][0], span["fragments"][-1][1], span["label"], span["id"]


def one_layer(
    spans: Sequence[SpanRecord], nested: Nested
) -> tuple[list[SpanRecord], list[tuple[SpanRecord, SpanRecord]]]:
    """Return spans of which no two share a character, and each that went with one that it lay on.

    `outer` takes the longest first, `inner` the shortest; of equally long ones the earlier, then by label and id. What
    lies on a span that was taken goes, whether it nests or crosses.
    """
    sign = -1 if nested is Nested.OUTER else 1
    kept: list[tuple[int, int, int]] = []
    taken: list[SpanRecord] = []
    gone: list[tuple[SpanRecord, SpanRecord]] = []
    for span in sorted(spans, key=lambda each: (sign * length(each), *text_order(each))):
        below = _first_below(kept, span)
        if below is not None:
            gone.append((span, taken[below]))
            continue
        for start, end in span["fragments"]:
            insort(kept, (start, end, len(taken)))
        taken.append(span)
    return sorted(taken, key=text_order), gone


def _first_below(kept: Sequence[tuple[int, int, int]], span: SpanRecord) -> int | None:
    """The place of a span that was taken and shares a character; `kept` are its fragments, sorted and apart."""
    for start, end in span["fragments"]:
        at = bisect_left(kept, (start, start, -1))
        for place in (at - 1, at):
            if 0 <= place < len(kept) and kept[place][0] < end and start < kept[place][1]:
                return kept[place][2]
    return None


def hull(span: SpanRecord) -> SpanRecord:
    """Return a span as one fragment, from its first to its last character."""
    return {**span, "fragments": [[span["fragments"][0][0], span["fragments"][-1][1]]]}


def parts(span: SpanRecord, taken: set[str]) -> list[SpanRecord]:
    """Return a span a fragment. The first keeps the id, the others get one that is not `taken`, and are added to it."""
    made: list[SpanRecord] = []
    for number, fragment in enumerate(span["fragments"], 1):
        made.append({**span, "id": span["id"] if number == 1 else _new_id(span["id"], number, taken)})
        made[-1]["fragments"] = [fragment]
    return made


def _new_id(given: str, number: int, taken: set[str]) -> str:
    ending = f"~{number}"
    while (found := given[: LONGEST_ID - len(ending)] + ending) in taken:
        ending = f"{ending}~"
    taken.add(found)
    return found
