"""Boundaries of spans from raw selections."""

import pytest

from annotator.text.boundaries import snap_to_tokens, trim_white_space
from annotator.text.tokens import token_boundaries

TEXT = "Ada  said 👩🏽‍🔬 no.\r\n"


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        (1, 2, "Ada"),
        (0, 5, "Ada"),
        (2, 6, "Ada  said"),
        (4, 9, "said"),
        (9, 12, "👩🏽‍🔬"),
        (16, 19, "no."),
        (0, len(TEXT), TEXT.strip()),
    ],
)
def test_selection_grows_to_whole_tokens(start, end, covered):
    snapped = snap_to_tokens(token_boundaries(TEXT), start, end)
    assert snapped is not None
    assert TEXT[slice(*snapped)] == covered


@pytest.mark.parametrize(("start", "end"), [(3, 5), (9, 10), (18, 20), (2, 2), (5, 1)])
def test_selection_without_a_token_is_none(start, end):
    assert snap_to_tokens(token_boundaries(TEXT), start, end) is None


def test_trimming_keeps_inner_white_space():
    assert trim_white_space("\t a b\u00a0", 0, 6) == (2, 5)
    assert trim_white_space(" \r\n", 0, 3) is None
