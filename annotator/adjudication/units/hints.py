"""How often the label that most annotators chose was adjudicated: a hint with its measured rate. Pure.

The rate is counted over decided units of other documents at which as many of as many annotators chose the same label
("nothing" is a label here). It is about labels, never about boundaries. Without enough such units there is no hint: an
estimate from the annotations alone is right far less often than it says. Nor is there one unless the rate holds on
documents that it was not counted on: the documents are put in two halves, and the rates of both must differ by at most
`TOLERANCE`; and its 95 % confidence interval over documents must reach no further than that to either side. In
simulated projects the stated rate is then within 5 points of the share that is right in other documents, and within 3
on newspaper articles of up to six annotators (`tests/soak/test_hint_rates.py`). With the quantile of the normal
distribution in place of Student's it was off by up to 11 there: rates seem stable where few documents happen to agree.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from annotator.measures.figures import add_in_order
from annotator.measures.jackknife import student_quantile

LEAST_ANNOTATORS = 3
LEAST_UNITS = 50
"""Decided units like the one in question, in each half of the documents."""
TOLERANCE = 0.05
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


@dataclass
class _Counts:
    """Decided units of a document, or of several, and how many of them got the most frequent label."""

    units: int = 0
    right: int = 0

    def __add__(self, other: "_Counts") -> "_Counts":
        return _Counts(self.units + other.units, self.right + other.right)

    @property
    def rate(self) -> float:
        return self.right / self.units


def hint(versions: Versions, decided: Iterable[tuple[int, Versions, str]]) -> Hint | None:
    """Return the hint for a unit; None without a most frequent label, enough decided units like it, or a stable rate.

    `decided` has document, versions and adjudicated label ("" for none) of units of other documents.
    """
    _, annotators = most_frequent_label(versions)
    if len(versions) < LEAST_ANNOTATORS or not annotators:
        return None
    counts = dict[int, _Counts]()
    for document, others, outcome in decided:
        label, count = most_frequent_label(others)
        if (count, len(others)) == (annotators, len(versions)):
            own = counts.setdefault(document, _Counts())
            own.units += 1
            own.right += label == outcome
    documents = list(counts.values())
    halves = [sum(half, _Counts()) for half in (documents[::2], documents[1::2])]
    if any(half.units < LEAST_UNITS for half in halves) or abs(halves[0].rate - halves[1].rate) > TOLERANCE:
        return None
    total = halves[0] + halves[1]
    if student_quantile(len(documents) - 1) * _standard_error(documents, total) > TOLERANCE:
        return None
    return Hint(annotators, len(versions), round(100 * total.rate), total.units)


def _standard_error(documents: Sequence[_Counts], total: _Counts) -> float:
    """The standard error of the rate, whose units depend on each other within a document."""
    spread = add_in_order((own.right - total.rate * own.units) ** 2 for own in documents)
    return sqrt(spread * len(documents) / (len(documents) - 1)) / total.units
