import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.measures.coverage import coverage
from annotator.measures.krippendorff import Coincidences, coincidences_by_label
from annotator.measures.positive_agreement import positive_agreement, resampled_positive_agreement
from annotator.measures.units import Units

LENGTH = 12
FRAGMENT = st.tuples(st.integers(0, 8), st.integers(1, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def coincidences_of(*annotators):
    intervals = [Units.from_spans([(0, [edges]) for edges in spans]).intervals() for spans in annotators]
    return coincidences_by_label(coverage(intervals, length=LENGTH, labels=1))[0]


def test_published_table_is_reproduced():
    # Cicchetti and Feinstein (1990): 80 yes-yes, 10 yes-no, 5 no-yes, 5 no-no; p_pos = 160 / 175.
    table = Coincidences(100, 200, 170.0, {True: 175, False: 25})

    assert round(positive_agreement(table).value, 4) == round(160 / 175, 4)


def test_a_label_without_spans_is_undefined():
    assert positive_agreement(coincidences_of([], [])).undefined == "no_spans"


@given(st.lists(FRAGMENT, max_size=3), st.lists(FRAGMENT, min_size=1, max_size=3))
def test_two_annotators_give_f1_over_positions(first, second):
    one, other = ({position for start, end in spans for position in range(start, end)} for spans in (first, second))

    found = coincidences_of(first, second)

    expected = 2 * len(one & other) / (len(one) + len(other))
    assert np.isclose(positive_agreement(found).value, expected)
    sums = np.array([[found.values, found.agreeing, found.margins.get(True, 0), found.margins.get(False, 0)]])
    assert np.isclose(resampled_positive_agreement(sums.astype(float))[0], expected)
