"""Pairs of claims with the same words."""

import numpy as np

from annotator.ledger.reading.pairing import Claims, claim_words, find_pairs

BRIDGE = "the harbour bridge over the Lomen will open in spring"


def pairs(*texts, since=0):
    found = find_pairs(Claims.of_packed([claim_words(text).packed() for text in texts]), since=since)
    return [(pair.first, pair.second) for pair in found]


def test_a_paraphrase_is_found_and_an_unrelated_claim_is_not():
    assert pairs(BRIDGE, "the minister resigned on Monday", "the harbour bridge over the Lomen opens in spring") == [
        (0, 2)
    ]


def test_a_negated_claim_is_no_pair():
    assert pairs("the harbour bridge Lomen is ready", "the harbour bridge Lomen is not ready") == []
    assert pairs("the harbour bridge Lomen isn’t ready", "the harbour bridge Lomen is not ready") == [(0, 1)]


def test_two_shared_words_are_too_few():
    assert pairs("harbour bridge opens", "harbour bridge closes soon") == []


def test_only_new_claims_are_paired():
    assert pairs(BRIDGE, BRIDGE, "the minister resigned", since=2) == []
    assert pairs(BRIDGE, "the minister resigned", BRIDGE, since=2) == [(0, 2)]


def test_frequent_words_do_not_pair_claims():
    frequent = [f"alpha beta gamma delta{number}" for number in range(40)]

    assert pairs(*frequent) == []


def test_words_are_stored_whole():
    claims = [claim_words("The bridge isn't ready"), claim_words("…"), claim_words("It is")]
    stored = Claims.of_packed([claim.packed() for claim in claims])

    assert list(stored.negated) == [True, False, False]
    assert list(stored.lengths) == [4, 0, 2]
    assert np.array_equal(stored.words, np.concatenate([claim.words for claim in claims]))


def test_claims_without_words_are_no_pair():
    assert pairs("…", "—", "") == []
