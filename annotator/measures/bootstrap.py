"""How far a figure could be off: 95 % intervals from resampling whole documents.

Spans and tokens of one document depend on each other, so documents are drawn, with replacement, as many as there are.
Every figure is a function of sums over documents, so that all resamples are one product of matrices. Efron (1979),
Bootstrap methods, The Annals of Statistics 7(1), 1; percentile intervals with linear interpolation. Efron (1987),
Better bootstrap confidence intervals, Journal of the American Statistical Association 82(397), 171: BCa intervals
correct the percentiles for bias and for an error that grows with the figure; the acceleration comes from leaving out
one document at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import NormalDist

import numpy as np

from annotator.measures.krippendorff import Coincidences
from annotator.measures.units import FloatArray, IntArray

RESAMPLES = 1000
SEED = 20_261_122
DRAWN_AT_ONCE = 50
LOW, HIGH = 2.5, 97.5

Interval = tuple[float, float]


def plans(documents: int, *, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[IntArray]:
    """Return how often each document (column) occurs in each resample (row), a few resamples at a time.

    The same on every run with the same seed.

    >>> [plan.tolist() for plan in plans(3, resamples=2, seed=1)]
    [[[0, 2, 1], [2, 0, 1]]]
    """
    generator = np.random.default_rng(seed)
    for first in range(0, resamples, DRAWN_AT_ONCE):
        count = min(DRAWN_AT_ONCE, resamples - first)
        drawn = generator.integers(0, documents, (count, documents)) + np.arange(count)[:, None] * documents
        yield np.bincount(drawn.ravel(), minlength=count * documents).reshape(count, documents)


def resampled_sums(rows: FloatArray, resamples: Iterable[IntArray]) -> FloatArray:
    """Return sums of the columns of (documents, statistics) over each resample.

    >>> rows = np.array([[10.0, 4.0], [8.0, 3.0]])
    >>> resampled_sums(rows, [np.array([[1, 1], [2, 0]])]).tolist()
    [[18.0, 7.0], [20.0, 8.0]]
    """
    return np.concatenate([plan @ rows for plan in resamples])


def interval(values: FloatArray) -> Interval | None:
    """Return the middle 95 % of a figure over resamples; None when it is not defined (NaN) in one of them.

    >>> interval(np.arange(101.0)), interval(np.array([0.5, np.nan]))
    ((2.5, 97.5), None)
    """
    if not len(values) or not np.isfinite(values).all():
        return None
    low, high = np.percentile(values, [LOW, HIGH])
    return float(low), float(high)


def f1(sums: FloatArray) -> FloatArray:
    """Return F1 from columns (units of both, matched ones).

    >>> f1(np.array([[10.0, 4.0], [0.0, 0.0]])).tolist()
    [0.8, nan]
    """
    units, matched = sums.T
    return _ratio(2 * matched, units)


def alpha(sums: FloatArray) -> FloatArray:
    """Return nominal alpha from columns (values, agreeing pairs, and one margin for each value).

    >>> alpha(np.array([[8.0, 6.0, 5.0, 3.0]])).round(4).tolist()
    [0.5333]
    """
    values, agreeing = sums[:, 0], sums[:, 1]
    squares = (sums[:, 2:] ** 2).sum(axis=1)
    return 1 - _ratio((values - 1) * (values - agreeing), values**2 - squares)


def _ratio(dividend: FloatArray, divisor: FloatArray) -> FloatArray:
    """Return the ratio, NaN where the divisor is 0."""
    result = np.full(len(divisor), np.nan)
    np.divide(dividend, divisor, out=result, where=divisor != 0)
    return result


def alpha_rows(documents: Sequence[Coincidences]) -> FloatArray:
    """Return one row per document, of which `alpha` takes sums.

    >>> alpha_rows([Coincidences(2, 4, 2.0, {"yes": 3, "no": 1}), Coincidences(1, 2, 2.0, {"no": 2})]).tolist()
    [[4.0, 2.0, 3.0, 1.0], [2.0, 2.0, 0.0, 2.0]]
    """
    categories = list(dict.fromkeys(value for each in documents for value in each.margins))
    rows = [[each.values, each.agreeing, *(each.margins.get(key, 0) for key in categories)] for each in documents]
    return np.asarray(rows, dtype=np.float64).reshape(len(documents), -1)


def resampled(rows: FloatArray, figure: Callable[[FloatArray], FloatArray]) -> Interval | None:
    """Return the interval of a figure over the usual resamples of the documents.

    >>> rows = np.array([[10.0, 4.0], [8.0, 3.0], [12.0, 6.0], [9.0, 2.0]])
    >>> low, high = resampled(rows, f1)
    >>> round(low, 2), round(high, 2)
    (0.54, 0.95)
    """
    return interval(figure(resampled_sums(rows, plans(len(rows)))))


def gamma(sums: FloatArray) -> FloatArray:
    """Return gamma from columns (cost of best alignments, cost of random ones).

    >>> gamma(np.array([[3.0, 12.0], [0.0, 0.0]])).tolist()
    [0.75, nan]
    """
    observed, expected = sums.T
    return 1 - _ratio(observed, expected)


def bca_interval(rows: FloatArray, values: FloatArray, figure: Callable[[FloatArray], FloatArray]) -> Interval | None:
    """Return the BCa interval of a figure from its `values` over resamples of the documents in `rows`.

    None when the figure is not defined for all documents, for all but one, or in a resample.

    >>> rows = np.array([[10.0, 4.0], [8.0, 3.0], [12.0, 6.0], [9.0, 2.0]])
    >>> values = f1(resampled_sums(rows, plans(len(rows), resamples=200)))
    >>> low, high = bca_interval(rows, values, f1)
    >>> low < f1(rows.sum(axis=0, keepdims=True))[0] < high
    np.True_
    """
    total = rows.sum(axis=0, keepdims=True)
    estimate, left_out = figure(total), figure(total - rows)
    if len(rows) < 2 or not len(values) or not all(np.isfinite(each).all() for each in (values, estimate, left_out)):
        return None
    normal = NormalDist()
    below = np.count_nonzero(values < estimate) + np.count_nonzero(values == estimate) / 2
    # At least half a resample on either side: the normal distribution has no end.
    bias = normal.inv_cdf((min(max(below, 0.5), len(values) - 0.5)) / len(values))
    ends = []
    for percent in (LOW, HIGH):
        shifted = bias + normal.inv_cdf(percent / 100)
        corrected = normal.cdf(bias + shifted / (1 - _acceleration(left_out) * shifted))
        ends.append(float(np.percentile(values, 100 * corrected)))
    return ends[0], ends[1]


def _acceleration(left_out: FloatArray) -> float:
    """Return how fast the error grows with the figure: a sixth of the skewness of the leave-one-out values."""
    deviations = left_out.mean() - left_out
    squares = float((deviations**2).sum())
    return float((deviations**3).sum()) / (6 * squares**1.5) if squares else 0.0


def bca_resampled(rows: FloatArray, figure: Callable[[FloatArray], FloatArray]) -> Interval | None:
    """Return the BCa interval of a figure over the usual resamples of the documents.

    >>> rows = np.array([[10.0, 4.0], [8.0, 3.0], [12.0, 6.0], [9.0, 2.0]])
    >>> low, high = bca_resampled(rows, f1)
    >>> low < 2 * 15 / 39 < high
    True
    """
    return bca_interval(rows, figure(resampled_sums(rows, plans(len(rows)))), figure)
