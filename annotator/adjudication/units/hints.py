"""How often the label that most annotators chose was adjudicated: a hint with its measured rate. Pure.

The rate is counted over decided units of other documents at which as many of as many annotators chose the same label
("nothing" is a label here). It is about labels, never about boundaries. Without enough such units there is no hint: an
estimate from the annotations alone is right far less often than it says.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST_ANNOTATORS = 3
LEAST_UNITS = 30

Versions = Sequence[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Hint:
    """How many annotators chose one label, and how often that was adjudicated, in percent, over how many units."""

    annotators: int
    of: int
    share: int
    units: int


def most_frequent_label(versions: Versions) -> tuple[str, int]:
    """Return the label that most annotators chose ("" for nothing) and their number; ("", 0) when two are as frequent.

    >>> most_frequent_label([[{"label": "Claim"}], [{"label": "Claim"}], []])
    ('Claim', 2)
    """
    counts = Counter(own[0]["label"] if own else "" for own in versions).most_common(2)
    if not counts or (len(counts) > 1 and counts[0][1] == counts[1][1]):
        return "", 0
    return counts[0]


def hint(versions: Versions, decided: Iterable[tuple[Versions, str]]) -> Hint | None:
    """Return the hint for a unit; None without a most frequent label or enough decided units like it.

    `decided` has versions and adjudicated label ("" for none) of units of other documents.
    """
    _, annotators = most_frequent_label(versions)
    if len(versions) < LEAST_ANNOTATORS or not annotators:
        return None
    right = units = 0
    for others, outcome in decided:
        label, count = most_frequent_label(others)
        if (count, len(others)) == (annotators, len(versions)):
            units += 1
            right += label == outcome
    return Hint(annotators, len(versions), round(100 * right / units), units) if units >= LEAST_UNITS else None
