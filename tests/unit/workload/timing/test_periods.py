"""Periods of work: their union, whatever comes twice or at once."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotator.workload.timing.periods import at_most, total_seconds, union, within

PERIODS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=20)


def _covered(periods):
    return {moment for start, end in periods for moment in range(start, end)}


@given(PERIODS, PERIODS)
def test_union_covers_exactly_the_reports(first, second):
    whole = union(first, second, near=0)

    assert _covered(whole) == _covered(first) | _covered(second)
    assert all(end <= start for (_, end), (start, _) in pairwise(whole))


@given(PERIODS, PERIODS)
def test_repeated_report_changes_nothing(first, second):
    whole = union(first, second)

    assert union(whole, second) == whole
    assert union(second, first) == whole


@given(PERIODS, st.integers(1, 5))
def test_limit_of_periods_loses_no_time(periods, most):
    whole = union(periods, near=0)
    kept = at_most(whole, most)

    assert len(kept) <= most
    assert _covered(kept) >= _covered(whole)


@given(PERIODS, st.integers(0, 500), st.integers(0, 500))
def test_periods_are_cut_to_a_range(periods, earliest, latest):
    inside = {moment for moment in _covered(periods) if earliest <= moment < latest}

    assert _covered(within(periods, earliest, latest)) == inside


def test_seconds_are_rounded_over_the_total():
    assert total_seconds([(0, 600), (2_000, 2_600)]) == 1
