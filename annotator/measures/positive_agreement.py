"""Positive agreement: of what one annotator labels, the share that another labels too, over tokens or code points.

For two annotators it is F1 over tokens. Unlike alpha it is not corrected for chance; unlike plain agreement it does not
count positions that neither annotator labels. Cicchetti and Feinstein (1990), High agreement but low kappa: II, Journal
of Clinical Epidemiology 43(6), 551 (there: p_pos).

With n(yes) labelled positions of all annotators, n values and o weighted pairs that agree, as in `krippendorff`::

    positive agreement = 1 - (n - o) / (2 n(yes))
"""

import numpy as np

from annotator.measures.figures import Figure, Undefined
from annotator.measures.krippendorff import Coincidences
from annotator.measures.units import FloatArray


def positive_agreement(coincidences: Coincidences) -> Figure:
    """Return the positive agreement on one label, whose values are True and False; not defined without a True.

    >>> positive_agreement(Coincidences(items=8, values=16, agreeing=12.0, margins={True: 8, False: 8})).value
    0.75
    """
    labelled = coincidences.margins.get(True, 0)
    if not labelled:
        return Figure.without_value(Undefined.NO_SPANS)
    return Figure(1 - (coincidences.values - coincidences.agreeing) / (2 * labelled))


def resampled_positive_agreement(sums: FloatArray) -> FloatArray:
    """Return positive agreement from columns (values, agreeing pairs, labelled, not labelled); NaN where undefined.

    >>> resampled_positive_agreement(np.array([[16.0, 12.0, 8.0, 8.0], [4.0, 4.0, 0.0, 4.0]])).tolist()
    [0.75, nan]
    """
    values, agreeing, labelled, _ = sums.T
    share = np.full(len(sums), np.nan)
    np.divide(values - agreeing, 2 * labelled, out=share, where=labelled != 0)
    return 1 - share
