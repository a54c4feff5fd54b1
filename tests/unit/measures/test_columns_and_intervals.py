import numpy as np
import pytest

from annotator.measures import bootstrap, cohen, fleiss, gwet, span_f1
from annotator.measures.columns import AT_ONCE, ColumnTable
from annotator.measures.coverage import coverage
from annotator.measures.krippendorff import alpha_nominal, coincidences_by_label
from annotator.measures.units import indexes
from tests.notation import make_units


def items(annotators, labels, *, count=500, missing=False):
    random = np.random.default_rng(annotators)
    return random.integers(-1 if missing else 0, labels, (count, annotators))


@pytest.mark.parametrize(("annotators", "labels"), [(2, 2), (3, 5), (5, 4), (8, 9)])
def test_coefficients_of_a_table_are_those_of_its_items(annotators, labels):
    values = items(annotators, labels)
    table = ColumnTable.of_items(values)

    assert table.counts.sum() == len(values)
    assert table.alpha.value == pytest.approx(alpha_nominal(values).value)
    assert table.fleiss_kappa.value == pytest.approx(fleiss.fleiss_kappa(values).value)
    assert table.ac1.value == pytest.approx(gwet.gwet_ac1(values).value)
    assert table.percent_agreement.value == pytest.approx(fleiss.percent_agreement(values).value)
    assert table.contingency(0, 1).kappa == cohen.cohen_kappa(values[:, 0], values[:, 1])


def test_missing_values_are_left_out_or_refused():
    values = items(3, 3, missing=True)
    table = ColumnTable.of_items(values.astype(np.int8))
    both = (values[:, :2] >= 0).all(axis=1)

    assert table.alpha.value == pytest.approx(alpha_nominal(values).value)
    assert table.contingency(0, 1).kappa == cohen.cohen_kappa(values[both, 0], values[both, 1])
    with pytest.raises(ValueError, match="every annotator"):
        _ = table.ac1


def test_a_value_that_comes_late_is_counted_all_the_same():
    values = np.zeros((AT_ONCE + 10, 2), dtype=np.int64)
    values[-1] = [7, 3]

    table = ColumnTable.of_items(values)

    assert dict(zip(map(tuple, table.values.tolist()), table.counts.tolist(), strict=True)) == {
        (0, 0): AT_ONCE + 9,
        (7, 3): 1,
    }


def test_nothing_to_count_is_no_items_and_a_value_below_missing_is_refused():
    assert ColumnTable.of_items(np.zeros((0, 3), np.int64)).alpha.undefined == "no_items"
    with pytest.raises(ValueError, match="a value is -2"):
        ColumnTable.of_items(indexes([[0, -2]]))


def test_tables_of_documents_add_up():
    values = items(3, 4)

    together = ColumnTable.of_items(values[:200]) + ColumnTable.of_items(values[200:])

    assert together.alpha.value == pytest.approx(alpha_nominal(values).value)


def test_a_label_over_code_points_and_over_tokens_comes_from_coverage():
    layers = [make_units((0, (0, 4)), (1, (6, 9))), make_units((0, (2, 5)))]
    covered = coverage([each.intervals() for each in layers], length=12, labels=2)
    starts, ends = indexes([0, 3, 6]), indexes([2, 5, 11])
    tokens = coverage([each.intervals().over_tokens(starts, ends) for each in layers], length=3, labels=2)

    table = ColumnTable.of_label(covered, 0)

    assert table.counts.sum() == 12
    assert table.alpha.value == pytest.approx(coincidences_by_label(covered)[0].alpha.value)
    assert ColumnTable.of_label(tokens, 0).counts.tolist() == [1, 1, 1]


def test_boundaries_may_be_one_token_apart():
    starts, ends = indexes(range(0, 50, 5)), indexes(range(4, 54, 5))

    def matched(one, other, tolerance=1):
        return span_f1.relaxed_boundary(
            make_units(*one), make_units(*other), token_starts=starts, token_ends=ends, tolerance=tolerance
        ).matched

    assert matched([(0, (5, 14))], [(0, (0, 14))]) == 1
    assert matched([(0, (10, 14))], [(0, (0, 14))]) == 0
    assert matched([(0, (10, 14))], [(0, (0, 14))], tolerance=2) == 1
    assert matched([(0, (5, 14))], [(1, (5, 14))]) == 0
    # Half a word more is the same token; white space is none.
    assert matched([(0, (7, 14))], [(0, (5, 15))], tolerance=0) == 1
    assert matched([(0, (5, 14)), (0, (5, 19))], [(0, (0, 14))]) == 1
    with pytest.raises(ValueError, match="less than 0"):
        matched([], [], tolerance=-1)


def test_bca_is_the_percentile_interval_where_nothing_is_skew():
    rows = np.column_stack([np.ones(41), np.linspace(-1, 1, 41)])

    def mean(sums):
        return sums[:, 1] / sums[:, 0]

    values = bootstrap.resampled_sums(rows, bootstrap.plans(41, resamples=4_000))
    low, high = bootstrap.interval(mean(values))
    corrected = bootstrap.bca_interval(rows, mean(values), mean)

    assert corrected == pytest.approx((low, high), abs=0.02)


def test_bca_moves_towards_the_long_tail():
    random = np.random.default_rng(1)
    rows = np.column_stack([np.ones(60), random.lognormal(0, 1, 60)])

    def mean(sums):
        return sums[:, 1] / sums[:, 0]

    plain, corrected = bootstrap.resampled(rows, mean), bootstrap.bca_resampled(rows, mean)

    assert corrected[0] > plain[0]
    assert corrected[1] > plain[1]
    assert bootstrap.bca_resampled(rows, mean) == corrected, "the same seed, the same interval"


def test_bca_of_a_constant_is_a_point():
    same = np.tile([2.0, 1.0], (10, 1))

    assert bootstrap.bca_resampled(same, bootstrap.f1) == (1.0, 1.0)
    assert bootstrap.bca_resampled(np.zeros((10, 2)), bootstrap.f1) is None
    assert bootstrap.bca_resampled(same[:1], bootstrap.f1) is None


def test_gamma_of_summed_costs():
    assert bootstrap.gamma(np.array([[1.0, 4.0], [0.0, 0.0]]))[0] == 0.75
    assert np.isnan(bootstrap.gamma(np.array([[0.0, 0.0]]))[0])
