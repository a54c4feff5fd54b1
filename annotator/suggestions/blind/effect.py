"""What suggestions change: figures of both arms, their difference with its interval, and what a difference needs. Pure.

Documents are resampled with all their sets, so that the sets of one document stay together.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from annotator.measures import bootstrap
from annotator.measures.matching import exact_matching, greedy_matching
from annotator.measures.units import Units

ARMS = ("with", "blind")
LEAST_DOCUMENTS = 5
# A two-sided test at 5 % finds a difference in 80 % of cases when it is so many standard errors.
DETECTABLE = 2.8
POINTS = 0.05
SHARE = 0.1

Span = tuple[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class ArmSet:
    """A submitted set of one arm, with what was suggested in it or was withheld from it."""

    document: int
    is_blind: bool
    spans: Sequence[Span]
    suggested: Sequence[Span]
    boundary_edits: int
    words: int
    minutes: float | None


@dataclass
class _Sums:
    """Dividends and divisors of a figure by document and arm."""

    rows: dict[int, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0] * 4))

    def add(self, document: int, dividend: float, divisor: float, *, is_blind: bool) -> None:
        """Add to the sums of a document."""
        row = self.rows[document]
        row[2 * is_blind] += dividend
        row[2 * is_blind + 1] += divisor


def effect(sets: Sequence[ArmSet], labels: Sequence[str]) -> dict[str, Any]:
    """Return all figures of the two arms."""
    sums: dict[str, _Sums] = defaultdict(_Sums)
    by_label: dict[str, _Sums] = defaultdict(_Sums)
    by_document: dict[tuple[int, bool], list[ArmSet]] = defaultdict(list)
    for row in sets:
        by_document[row.document, row.is_blind].append(row)
        matched, total = _f1_parts(row.spans, row.suggested, labels, exact_matching)
        if row.suggested:
            sums["f1_to_suggestions"].add(row.document, matched, total, is_blind=row.is_blind)
        sums["boundary_edits"].add(row.document, 100 * row.boundary_edits, len(row.spans), is_blind=row.is_blind)
        sums["spans"].add(row.document, 1000 * len(row.spans), row.words, is_blind=row.is_blind)
        if row.minutes is not None:
            sums["minutes"].add(row.document, 1000 * row.minutes, row.words, is_blind=row.is_blind)
        for label in labels:
            count = sum(1 for span in row.spans if span[0] == label)
            by_label[label].add(row.document, 1000 * count, row.words, is_blind=row.is_blind)
    for (document, is_blind), rows in by_document.items():
        for first, second in combinations(rows, 2):
            for name, matching in (("agreement_exact", exact_matching), ("agreement_overlap", greedy_matching)):
                matched, total = _f1_parts(first.spans, second.spans, labels, matching)
                sums[name].add(document, matched, total, is_blind=is_blind)
    counts = {arm: [row for row in sets if row.is_blind == (arm == "blind")] for arm in ARMS}
    return {
        "sets": {arm: len(rows) for arm, rows in counts.items()},
        "documents": {arm: len({row.document for row in rows}) for arm, rows in counts.items()},
        "figures": {
            name: _compared(sums[name], is_share=name.startswith(("agreement", "f1")))
            for name in (
                "agreement_exact",
                "agreement_overlap",
                "f1_to_suggestions",
                "spans",
                "boundary_edits",
                "minutes",
            )
        },
        "labels": {label: _compared(by_label[label], is_share=False) for label in labels},
    }


def _f1_parts(
    first: Sequence[Span], second: Sequence[Span], labels: Sequence[str], matching: Callable[[Units, Units], Any]
) -> tuple[float, float]:
    index = {label: number for number, label in enumerate(labels)}
    units = [
        Units.from_spans([(index[label], list(pieces)) for label, pieces in spans if label in index])
        for spans in (first, second)
    ]
    return 2.0 * len(matching(*units)), float(len(units[0].labels) + len(units[1].labels))


def _compared(sums: _Sums, *, is_share: bool) -> dict[str, Any]:
    """Return a figure of both arms, the difference with its interval, and the documents an arm that a difference needs.

    The difference to be seen is 5 points of a share, and a tenth of what the blind arm has for other figures.
    """
    rows = np.asarray(list(sums.rows.values()), dtype=np.float64).reshape(-1, 4)
    documents = [int((rows[:, column] > 0).sum()) for column in (1, 3)]
    totals = rows.sum(axis=0)
    values = [float(totals[0] / totals[1]) if totals[1] else None, float(totals[2] / totals[3]) if totals[3] else None]
    result: dict[str, Any] = {
        "with": values[0], "blind": values[1], "difference": None, "interval": None, "documents_needed": None,
    }  # fmt: skip
    if values[0] is None or values[1] is None:
        return result
    result["difference"] = values[0] - values[1]
    if min(documents) < LEAST_DOCUMENTS:
        return result
    drawn = bootstrap.resampled_sums(rows, bootstrap.plans(len(rows)))
    with np.errstate(divide="ignore", invalid="ignore"):
        differences = drawn[:, 0] / drawn[:, 1] - drawn[:, 2] / drawn[:, 3]
    result["interval"] = bootstrap.interval(differences)
    target = POINTS if is_share else SHARE * values[1]
    if result["interval"] is not None and target > 0:
        needed = min(documents) * (DETECTABLE * float(differences.std()) / target) ** 2
        result["documents_needed"] = max(2, int(np.ceil(needed)))
    return result
