"""Fleiss' kappa: several annotators, chance from the shares of all of them together.

Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological Bulletin 76(5), 378.
With two annotators this is Scott's pi.
"""

from annotator.measures.figures import Figure, Undefined, add_in_order
from annotator.measures.krippendorff import MISSING, Coincidences, coincidences_of_items
from annotator.measures.units import IntArray


def kappa_of(coincidences: Coincidences) -> Figure:
    """Return (po - pe) / (1 - pe) with pe the sum of squared shares; not defined when only one value occurs.

    >>> round(kappa_of(Coincidences(4, 8, 6.0, {"yes": 5, "no": 3})).value, 4)
    0.4667
    """
    observed = coincidences.observed
    if not observed.is_defined:
        return observed
    if len(coincidences.margins) < 2:
        return Figure.without_value(Undefined.NO_VARIATION)
    expected = add_in_order((count / coincidences.values) ** 2 for count in coincidences.margins.values())
    return Figure((observed.value - expected) / (1 - expected))


def complete_coincidences(values: IntArray) -> Coincidences:
    """Return coincidences of a matrix without missing values, which these coefficients need: ValueError otherwise.

    >>> import numpy as np
    >>> complete_coincidences(np.array([[0, 0], [0, 1]]))
    Coincidences(items=2, values=4, agreeing=2.0, margins={0: 3, 1: 1})
    """
    if (values == MISSING).any():
        raise ValueError("This coefficient needs a value from every annotator on every item.")
    return coincidences_of_items(values)


def fleiss_kappa(values: IntArray) -> Figure:
    """Return Fleiss' kappa of a matrix of items (rows) by annotators (columns) without missing values.

    >>> import numpy as np
    >>> round(fleiss_kappa(np.array([[0, 0], [1, 1], [0, 1]])).value, 4)
    0.3333
    >>> fleiss_kappa(np.array([[0, 0], [0, 0]])).undefined
    <Undefined.NO_VARIATION: 'no_variation'>
    """
    return kappa_of(complete_coincidences(values))


def percent_agreement(values: IntArray) -> Figure:
    """Return the share of annotator pairs that agree, over all items.

    >>> import numpy as np
    >>> round(percent_agreement(np.array([[0, 0], [1, 1], [0, 1]])).value, 4)
    0.6667
    """
    return complete_coincidences(values).observed
