"""Gwet's AC1: agreement corrected for chance under the assumption that only hard items are guessed.

Gwet (2008), Computing inter-rater reliability and its variance in the presence of high agreement, British Journal of
Mathematical and Statistical Psychology 61(1), 29.
"""

from annotator.measures.figures import Figure, Undefined, add_in_order
from annotator.measures.fleiss import complete_coincidences
from annotator.measures.krippendorff import Coincidences
from annotator.measures.units import IntArray


def ac1_of(coincidences: Coincidences) -> Figure:
    """Return (po - pe) / (1 - pe) with pe = sum of p (1 - p) over values, divided by (number of values - 1).

    >>> round(ac1_of(Coincidences(4, 8, 6.0, {"yes": 5, "no": 3})).value, 4)
    0.5294
    """
    observed = coincidences.observed
    if not observed.is_defined:
        return observed
    categories = len(coincidences.margins)
    if categories < 2:
        return Figure.without_value(Undefined.NO_VARIATION)
    shares = [count / coincidences.values for count in coincidences.margins.values()]
    expected = add_in_order(share * (1 - share) for share in shares) / (categories - 1)
    return Figure((observed.value - expected) / (1 - expected))


def gwet_ac1(values: IntArray) -> Figure:
    """Return AC1 of a matrix of items (rows) by annotators (columns) without missing values.

    >>> import numpy as np
    >>> round(gwet_ac1(np.array([[0, 0], [1, 1], [0, 1]])).value, 4)
    0.3333
    >>> gwet_ac1(np.array([[0, 0], [0, 0]])).undefined
    <Undefined.NO_VARIATION: 'no_variation'>
    """
    return ac1_of(complete_coincidences(values))
