"""Ranges for transfer."""

import pytest

from annotator.text.deltas import decode_deltas, encode_deltas


def test_ranges_are_encoded_as_gap_and_length():
    assert encode_deltas([(2, 5), (5, 6), (9, 10)]) == [2, 3, 0, 1, 3, 1]
    assert decode_deltas([2, 3, 0, 1, 3, 1]) == [(2, 5), (5, 6), (9, 10)]


@pytest.mark.parametrize("ranges", [[(3, 3)], [(0, 4), (3, 5)], [(5, 6), (0, 1)]])
def test_ranges_out_of_order_are_refused(ranges):
    with pytest.raises(ValueError, match="does not follow"):
        encode_deltas(ranges)


def test_half_a_pair_is_refused():
    with pytest.raises(ValueError, match="pairs"):
        decode_deltas([1, 2, 3])
