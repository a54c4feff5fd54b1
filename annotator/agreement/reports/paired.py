"""Two reports on the same documents: how much each figure changed, with the interval of the change. Pure.

Comparing two intervals would leave out that both reports share their documents: what makes a document hard is in both.
The change is computed on shared documents only, and its interval from leaving out one of them in both reports at a time
(`annotator.measures.jackknife.paired_difference`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.agreement.counting.statistics import ALL, MINIMUM_DOCUMENTS, MINIMUM_SPANS, statistics_rows
from annotator.agreement.reports.label_figures import LABEL_FIGURES
from annotator.measures.jackknife import paired_difference

Record = Mapping[str, Any]


@dataclass(frozen=True)
class PairedChange:
    """The change of a figure of a label (`ALL` for all) from the first report to the second, with its interval."""

    figure: str
    label: str
    change: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval does not contain 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class PairedComparison:
    """The changes on the documents that both reports have; none with too few of them."""

    documents: int
    changes: tuple[PairedChange, ...]


def compare_pairwise(documents: Iterable[tuple[Record, Record]], labels: Sequence[str]) -> PairedComparison:
    """Return the changes of the figures of labels and of all together; `documents` has the statistics of both."""
    pairs = [pair for pair in documents if all("labels" in record for record in pair)]
    if len(pairs) < MINIMUM_DOCUMENTS:
        return PairedComparison(len(pairs), ())
    first, second = (statistics_rows([pair[at] for pair in pairs], labels) for at in (0, 1))
    changes = []
    for name, declared in LABEL_FIGURES.items():
        for row, label in enumerate([*labels, ALL]):
            if min(rows[:, row, 0].sum() for rows in (first, second)) < MINIMUM_SPANS:
                continue
            if label == ALL and not name.endswith("f1"):
                # The row of all labels together has counts of spans only.
                continue
            here, there = (rows[:, row, list(declared.columns)] for rows in (first, second))
            found = paired_difference(here, there, declared.resampled)
            if found is not None:
                changes.append(PairedChange(name, label, found[0], *found[1]))
    return PairedComparison(len(pairs), tuple(changes))
