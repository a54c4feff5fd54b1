"""Boundaries by token, parting, joining, and drafts."""

import pytest

from annotator.adjudication.units import drafts
from annotator.adjudication.units.drafts import DraftSpan, read_draft_fragments, written
from annotator.problems import InvalidInput
from annotator.text.tokens import token_boundaries

TEXT = "No comment, she said. Then she left."
TOKENS = token_boundaries(TEXT)


def words(fragments: tuple[tuple[int, int], ...]) -> list[str]:
    return [TEXT[start:end] for start, end in fragments]


@pytest.mark.parametrize(
    ("edge", "step", "expected"),
    [
        ("start", -1, ["No comment"]),
        ("start", 1, ["comment"]),
        ("end", 1, ["comment,"]),
        ("end", -1, ["comment"]),
    ],
)
def test_an_edge_moves_by_one_token_and_never_makes_a_span_empty(edge, step, expected):
    assert words(drafts.moved(((3, 10),), TOKENS, number=0, edge=edge, step=step)) == expected


def test_a_piece_stays_apart_from_the_piece_beside_it():
    pieces = ((0, 2), (12, 15))

    assert drafts.moved(pieces, TOKENS, number=1, edge="start", step=-1) == ((0, 2), (10, 15))
    assert words(drafts.moved(((0, 10), (11, 15)), TOKENS, number=1, edge="start", step=-1)) == ["No comment", " she"]


def test_the_last_piece_cannot_be_removed():
    assert drafts.without(((0, 2), (3, 10)), 0) == ((3, 10),)
    assert drafts.without(((0, 2),), 0) == ((0, 2),)


def test_a_span_is_parted_before_a_token_and_blanks_belong_to_neither_part():
    points = drafts.split_points(((0, 20),), TOKENS)
    before, after = drafts.split(((0, 20),), TOKENS, 12)

    assert (points, words(before), words(after)) == ([3, 10, 12, 16], ["No comment,"], ["she said"])
    with pytest.raises(ValueError, match="before one of its tokens"):
        drafts.split(((0, 20),), TOKENS, 5)


def test_a_span_in_pieces_is_parted_between_them_as_well():
    before, after = drafts.split(((0, 2), (12, 20)), TOKENS, 12)

    assert (words(before), words(after)) == (["No"], ["she said"])


def test_a_draft_goes_through_neighbours_and_split_points_and_stays_at_their_ends():
    draft = DraftSpan("split", ((0, 10),), "Claim", at=3, partner=7)

    assert draft.stepped("at:1", TOKENS, []).at == 3
    assert draft.stepped("partner:1", TOKENS, [7, 9]).partner == 9
    assert draft.stepped("partner:-1", TOKENS, [7, 9]).partner == 7
    assert draft.stepped("nonsense:x:9", TOKENS, []) == draft
    assert draft.stepped("start:1:5", TOKENS, []) == draft


def test_merging_covers_what_lies_between_or_leaves_it_out():
    draft = DraftSpan("merged", ((0, 10),), "Claim")

    assert [words(span.fragments) for span in draft.spans(TOKENS, ((12, 20),))] == [["No comment, she said"]]
    in_pieces = DraftSpan("merged", ((0, 10),), "Claim", in_pieces=True)
    assert [words(span.fragments) for span in in_pieces.spans(TOKENS, ((12, 20),))] == [["No comment", "she said"]]
    with pytest.raises(InvalidInput):
        draft.spans(TOKENS, None)


def test_a_single_word_cannot_be_split():
    with pytest.raises(InvalidInput, match="one word"):
        DraftSpan("split", ((0, 2),), "Claim").spans(TOKENS, None)


def test_fragments_survive_a_form_and_nonsense_is_refused():
    assert read_draft_fragments(written(((0, 2), (3, 10)))) == ((0, 2), (3, 10))
    for nonsense in ("", "1", "5-2", "a-b", "0-2,1-4", "-1-4"):
        with pytest.raises(InvalidInput):
            read_draft_fragments(nonsense)
