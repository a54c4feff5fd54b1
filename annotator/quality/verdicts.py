"""Verdicts on annotators: F1 against adjudicated sets with its interval, and whether it reaches a threshold. Pure.

A document is a row of two numbers: spans of the annotator and of the adjudicated set together, and matched pairs. The
interval is the studentised jackknife of the agreement report. Where that is not defined, because everything matches,
the lower end is the exact binomial one (Clopper and Pearson 1934), with the adjudicated spans as trials.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.measures import bootstrap
from annotator.measures.jackknife import interval_of, paired_difference
from annotator.measures.units import FloatArray

ONE_SIDE = 0.025
MOST_DOCUMENTS = 200
"""When more would be needed, the number is not stated: the figure is too close to the threshold."""


class Verdict(StrEnum):
    """Whether a figure reaches a threshold."""

    PASSES = "passes"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Measured:
    """F1 over documents, with its interval from `MINIMUM_DOCUMENTS` documents on; None without spans."""

    value: float | None
    low: float | None
    high: float | None
    documents: int
    spans: int


@dataclass(frozen=True)
class Judged:
    """A figure and its verdict; `more` is how many more documents are needed at least, None when that is not known."""

    measured: Measured
    threshold: float | None
    verdict: Verdict
    more: int | None


def measured(rows: FloatArray) -> Measured:
    """Return F1 of documents (rows of spans of both and matched pairs) with its interval.

    >>> perfect = measured(np.array([[8.0, 4.0]] * 10))
    >>> perfect.value, round(perfect.low, 2), perfect.high
    (1.0, 0.91, 1.0)
    """
    rows = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
    total = rows.sum(axis=0, keepdims=True)
    documents, spans = len(rows), int(total[0, 0])
    if not spans:
        return Measured(None, None, None, documents, 0)
    value = float(bootstrap.f1(total)[0])
    low = high = None
    if documents >= MINIMUM_DOCUMENTS:
        low, high = _interval(rows, total, value)
    return Measured(value, low, high, documents, spans)


def _interval(rows: FloatArray, total: FloatArray, value: float) -> tuple[float, float]:
    if value >= 1:
        return ONE_SIDE ** (2 / float(total[0, 0])), 1.0
    left_out = np.nan_to_num(bootstrap.f1(total - rows), nan=value)
    interval = interval_of(value, left_out, least=0.0)
    if interval is not None:
        return interval
    # All errors are in one document: without it everything matches, and the transformed figure is not defined.
    count = len(rows)
    error = math.sqrt((count - 1) / count * float(((left_out - left_out.mean()) ** 2).sum()))
    return max(0.0, value - 2.5 * error), min(1.0, value + 2.5 * error)


def judge(figure: Measured, threshold: float | None) -> Judged:
    """Return whether the interval of a figure lies above or below a threshold, or contains it.

    >>> judge(Measured(0.9, 0.84, 0.94, 12, 300), 0.8).verdict.value
    'passes'
    >>> close = judge(Measured(0.84, 0.76, 0.9, 12, 300), 0.8)
    >>> close.verdict.value, close.more
    ('unknown', 37)
    >>> judge(Measured(0.84, None, None, 4, 100), 0.8).more
    6
    """
    if threshold is None:
        return Judged(figure, None, Verdict.PASSES, None)
    if figure.low is None or figure.high is None or figure.value is None:
        return Judged(figure, threshold, Verdict.UNKNOWN, max(1, MINIMUM_DOCUMENTS - figure.documents))
    if figure.low >= threshold:
        return Judged(figure, threshold, Verdict.PASSES, None)
    if figure.high < threshold:
        return Judged(figure, threshold, Verdict.FAILS, None)
    reach = figure.value - figure.low if figure.value >= threshold else figure.high - figure.value
    distance = abs(figure.value - threshold)
    needed = figure.documents * (reach / distance) ** 2 if distance else math.inf
    more = max(1, math.ceil(needed - figure.documents)) if needed <= MOST_DOCUMENTS else None
    return Judged(figure, threshold, Verdict.UNKNOWN, more)


def deciding(judged: Judged) -> bool:
    """Return whether a figure of a label decides by itself: with fewer spans it says too little either way."""
    return judged.measured.spans >= MINIMUM_SPANS


def together(judged: list[Judged]) -> Verdict:
    """Return the verdict on several measures: fails when one fails, passes when all pass."""
    verdicts = {each.verdict for each in judged}
    if Verdict.FAILS in verdicts:
        return Verdict.FAILS
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.PASSES


@dataclass(frozen=True)
class Drift:
    """How much F1 of the later half of the documents is above that of the earlier half, with its interval."""

    change: float
    low: float
    high: float


def drift(rows: FloatArray) -> Drift | None:
    """Return the change between the two halves of documents in order of time; None with too few of them.

    The halves are different documents, so their jackknife errors add up.

    >>> good, bad = [[10.0, 5.0], [10.0, 4.0]] * 5, [[10.0, 2.0], [10.0, 1.0]] * 5
    >>> change = drift(np.array(good + bad))
    >>> round(change.change, 2), change.high < 0
    (-0.6, True)
    """
    rows = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
    if len(rows) < 2 * MINIMUM_DOCUMENTS:
        return None
    middle = len(rows) // 2
    parts = [measured(rows[:middle]), measured(rows[middle:])]
    ends = [(part.value, part.low, part.high) for part in parts]
    if any(value is None or low is None or high is None for value, low, high in ends):
        return None
    (before, low, high), (after, later_low, later_high) = [(v or 0.0, a or 0.0, b or 0.0) for v, a, b in ends]
    change = after - before
    return Drift(
        change,
        change - math.hypot(after - later_low, high - before),
        change + math.hypot(later_high - after, before - low),
    )


def paired_change(before: FloatArray, after: FloatArray) -> Drift | None:
    """Return the change of F1 over the same documents, for rounds before and after a meeting."""
    found = paired_difference(before, after, bootstrap.f1)
    return None if found is None else Drift(found[0], *found[1])
