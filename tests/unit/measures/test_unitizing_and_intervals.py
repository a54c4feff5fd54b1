import numpy as np
import pytest

from annotator.measures import bootstrap, unitizing, unitizing_2004
from annotator.measures.assignment import heaviest_assignment
from annotator.measures.semeval import semeval_counts
from annotator.measures.units import FloatArray, indexes
from tests.notation import make_units

ONE = [make_units((0, (0, 10)), (1, (20, 30))), make_units((0, (2, 10)), (1, (20, 33)))]
OTHER = [make_units((0, (5, 6))), make_units((1, (5, 9)))]


def test_units_of_one_annotator_must_not_overlap():
    overlapping = [make_units((0, (0, 10)), (0, (5, 12))), make_units()]

    with pytest.raises(ValueError, match="overlap"):
        unitizing.unitizing(overlapping, length=20, labels=1)
    with pytest.raises(ValueError, match="overlap"):
        unitizing_2004.label_disagreement(overlapping, 0, length=20)


def test_one_annotator_alone_is_refused_or_not_defined():
    with pytest.raises(ValueError, match="at least two"):
        unitizing.unitizing(ONE[:1], length=40, labels=2)
    assert unitizing.unitizing_alpha(ONE[:1], length=40, labels=2).undefined == "one_annotator"
    assert unitizing_2004.alpha(ONE[:1], length=40, labels=2).undefined == "one_annotator"


def test_unitizing_statistics_of_documents_add_up():
    one = unitizing.unitizing(ONE, length=40, labels=2)
    other = unitizing.unitizing(OTHER, length=10, labels=2)

    total = one + other

    assert total.observed.sum() == 100  # two annotators over fifty positions
    assert other.alpha.value < total.alpha.value < one.alpha.value
    assert (total.units, total.label_coverage(0)) == (6, pytest.approx(17 / 19))


def test_label_agreement_needs_something_that_both_marked():
    apart = unitizing.unitizing([make_units((0, (0, 5))), make_units((0, (6, 9)))], length=10, labels=1)

    assert apart.label_alpha().undefined == apart.one_label_alpha(0).undefined == "no_pairs"
    assert unitizing.unitizing(ONE, length=40, labels=3).label_coverage(2) == 0


def test_a_single_position_leaves_nothing_to_chance():
    both = [make_units((0, (0, 1))), make_units((0, (0, 1)))]

    assert unitizing.unitizing(both, length=1, labels=1).alpha.undefined == "no_variation"
    assert unitizing_2004.alpha([make_units(), make_units((0, (0, 1)))], length=1, labels=1).undefined is None


def test_a_span_over_two_keys_is_counted_once():
    counts = semeval_counts(make_units((0, (0, 4)), (0, (6, 9))), make_units((0, (0, 9))))

    assert (counts.partial.partial, counts.partial.missed, counts.partial.spurious) == (1, 1, 0)
    assert counts.partial.precision.value == 0.5
    assert counts.ent_type.f1.value == pytest.approx(2 / 3)


def test_counts_without_any_span_are_not_defined():
    nothing = semeval_counts(make_units(), make_units()).strict

    assert nothing.f1.undefined == nothing.precision.undefined == nothing.recall.undefined == "no_spans"
    assert (nothing + semeval_counts(make_units((0, (0, 4))), make_units()).strict).recall.value == 0


def test_an_assignment_may_leave_a_heavy_pair_for_two_lighter_ones():
    rows, columns = indexes([0, 0, 1, 5]), indexes([0, 1, 0, 7])
    weights: FloatArray = np.array([10.0, 8.0, 7.0, 1.0])

    assert heaviest_assignment(rows, columns, weights) == 16


def test_resamples_are_the_same_on_every_run():
    once, again = (np.concatenate(list(bootstrap.plans(9, resamples=120))) for _ in range(2))

    assert np.array_equal(once, again)
    assert once.shape == (120, 9)
    assert set(once.sum(axis=1)) == {9}


def test_taking_every_document_once_gives_the_value_itself():
    rows = np.array([[10.0, 4], [6, 3], [2, 0]])

    assert bootstrap.f1(bootstrap.resampled_sums(rows, [np.ones((1, 3), dtype=np.int64)])) == 14 / 18


def test_an_undefined_resample_leaves_no_interval():
    rows = np.array([[0.0, 0.0], [6, 3], [2, 2]])

    assert bootstrap.interval(bootstrap.f1(bootstrap.resampled_sums(rows, bootstrap.plans(3)))) is None
    low, high = bootstrap.interval(bootstrap.f1(bootstrap.resampled_sums(rows[1:], bootstrap.plans(2)))) or (0, 0)
    assert (low, high) == (1, 2)
