"""Drafts of decisions: boundaries by token, splitting and merging."""

import pytest

from annotator.adjudication.units import drafts
from annotator.adjudication.units.drafts import DraftSpan, format_fragments, parse_fragments
from annotator.problems import InvalidInput
from annotator.text.tokens import token_boundaries

TEXT = "No comment, she said. Then she left."
TOKENS = token_boundaries(TEXT)


def words(fragments: tuple[tuple[int, int], ...]) -> list[str]:
    return [TEXT[start:end] for start, end in fragments]


@pytest.mark.parametrize(
    ("side", "step", "expected"),
    [
        ("start", -1, ["No comment"]),
        ("start", 1, ["comment"]),
        ("end", 1, ["comment,"]),
        ("end", -1, ["comment"]),
    ],
)
def test_boundary_moves_by_one_token(side, step, expected):
    assert words(drafts.move_boundary(((3, 10),), TOKENS, number=0, side=side, step=step)) == expected


def test_fragments_do_not_touch():
    pieces = ((0, 2), (12, 15))

    assert drafts.move_boundary(pieces, TOKENS, number=1, side="start", step=-1) == ((0, 2), (10, 15))
    assert words(drafts.move_boundary(((0, 10), (11, 15)), TOKENS, number=1, side="start", step=-1)) == [
        "No comment",
        " she",
    ]


def test_last_fragment_is_not_removed():
    assert drafts.remove_fragment(((0, 2), (3, 10)), 0) == ((3, 10),)
    assert drafts.remove_fragment(((0, 2),), 0) == ((0, 2),)


def test_span_is_split_before_a_token():
    points = drafts.split_positions(((0, 20),), TOKENS)
    before, after = drafts.split(((0, 20),), TOKENS, 12)

    assert (points, words(before), words(after)) == ([3, 10, 12, 16], ["No comment,"], ["she said"])
    with pytest.raises(ValueError, match="before one of its tokens"):
        drafts.split(((0, 20),), TOKENS, 5)


def test_discontinuous_span_is_split_between_fragments():
    before, after = drafts.split(((0, 2), (12, 20)), TOKENS, 12)

    assert (words(before), words(after)) == (["No"], ["she said"])


def test_draft_steps_through_positions_and_partners():
    draft = DraftSpan("split", ((0, 10),), "Claim", at=3, partner=7)

    assert draft.stepped("at:1", TOKENS, []).at == 3
    assert draft.stepped("partner:1", TOKENS, [7, 9]).partner == 9
    assert draft.stepped("partner:-1", TOKENS, [7, 9]).partner == 7
    assert draft.stepped("nonsense:x:9", TOKENS, []) == draft
    assert draft.stepped("start:1:5", TOKENS, []) == draft


def test_merge_covers_or_omits_the_gap():
    draft = DraftSpan("merged", ((0, 10),), "Claim")

    assert [words(span.fragments) for span in draft.spans(TOKENS, ((12, 20),))] == [["No comment, she said"]]
    discontinuous = DraftSpan("merged", ((0, 10),), "Claim", discontinuous=True)
    assert [words(span.fragments) for span in discontinuous.spans(TOKENS, ((12, 20),))] == [["No comment", "she said"]]
    with pytest.raises(InvalidInput):
        draft.spans(TOKENS, None)


def test_single_word_cannot_be_split():
    with pytest.raises(InvalidInput, match="one word"):
        DraftSpan("split", ((0, 2),), "Claim").spans(TOKENS, None)


def test_fragments_are_read_back_from_a_form():
    assert parse_fragments(format_fragments(((0, 2), (3, 10)))) == ((0, 2), (3, 10))
    for nonsense in ("", "1", "5-2", "a-b", "0-2,1-4", "-1-4"):
        with pytest.raises(InvalidInput):
            parse_fragments(nonsense)
