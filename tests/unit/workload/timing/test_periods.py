"""Periods of work: their union, whatever comes twice or at once."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotator.workload.timing.periods import at_most, total_seconds, union, within

PERIODS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=20)


def _covered(periods):
    return {moment for start, end in periods for moment in range(start, end)}


@given(PERIODS, PERIODS)
def test_the_union_covers_what_any_report_covers_and_nothing_else(first, second):
    whole = union(first, second, near=0)

    assert _covered(whole) == _covered(first) | _covered(second)
    assert all(end <= start for (_, end), (start, _) in pairwise(whole))


@given(PERIODS, PERIODS)
def test_a_report_that_comes_twice_or_late_changes_nothing(first, second):
    whole = union(first, second)

    assert union(whole, second) == whole
    assert union(second, first) == whole


@given(PERIODS, st.integers(1, 5))
def test_however_many_periods_there_are_no_work_is_forgotten(periods, most):
    whole = union(periods, near=0)
    kept = at_most(whole, most)

    assert len(kept) <= most
    assert _covered(kept) >= _covered(whole)


@given(PERIODS, st.integers(0, 500), st.integers(0, 500))
def test_what_lies_outside_two_moments_is_cut(periods, earliest, latest):
    inside = {moment for moment in _covered(periods) if earliest <= moment < latest}

    assert _covered(within(periods, earliest, latest)) == inside


def test_seconds_are_counted_over_all_periods_and_not_for_each():
    assert total_seconds([(0, 600), (2_000, 2_600)]) == 1
