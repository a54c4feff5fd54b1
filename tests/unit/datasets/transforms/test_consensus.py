"""The consensus of annotators."""

import pytest

from annotator.datasets.transforms.consensus import NAME, consensus_of
from tests.training import KeptLosses, entry, shown


def elected(*marked, **fields):
    """Return the consensus set of some annotators, and the losses."""
    book = KeptLosses()
    found = consensus_of(entry(*marked, **fields), book)
    return found, found.sets[NAME], book


def test_two_of_three_are_a_majority():
    found, record, book = elected("[it rained](Claim) today", "[it rained](Claim) today", "it rained [today](Hedge)")

    assert shown(found) == {NAME: [("it rained", "Claim")]}
    assert (record["spans"][0]["support"], record["spans"][0]["sources"]) == ({"k": 2, "n": 3}, ["A", "B"])
    assert book.lost == [("C", "s1", "span")]


def test_tie_has_no_majority():
    found, _, book = elected("[it rained](Claim)", "it rained")

    assert shown(found) == {NAME: []}
    assert book.lost == [("A", "s1", "span")]


def test_half_of_four_is_no_majority():
    _, record, _ = elected("[no](Denial)", "[no](Denial)", "[no](Hedge)", "[no](Hedge)")

    assert record["spans"] == []


def test_boundaries_of_the_majority_are_used():
    found, *_ = elected("[it rained](Claim) today", "[it rained](Claim) today", "[it rained today](Claim)")

    assert shown(found)[NAME] == [("it rained", "Claim")]


def test_medoid_is_used_without_majority():
    marked = ("a [b c d](Claim) e", "[a b c d](Claim) e", "a [b c d e](Claim)")

    assert shown(elected(*marked)[0])[NAME] == [("b c d", "Claim")]


def test_shorter_of_equally_central_spans_is_used():
    found, record, _ = elected("[it rained](Claim) today", "[it rained today](Claim)")

    assert shown(found)[NAME] == [("it rained", "Claim")]
    assert record["spans"][0]["support"] == {"k": 2, "n": 2}


def test_attributes_are_elected_one_by_one():
    _, record, _ = elected(
        "[x](Claim kind=fact voice=speaker)", "[x](Claim kind=fact voice=narrator)", "[x](Claim kind=position)"
    )

    assert record["spans"][0]["attributes"] == {"kind": "fact"}


def test_relations_need_a_majority_of_all_annotators():
    marked = "Ada[Speaker] said [it rained](Claim)"
    tied = [("attributed-to", "s2", "s1")]
    _, record, _ = elected(marked, marked, marked, relations={"A": tied, "B": tied})
    _, other, book = elected(marked, marked, marked, relations={"A": tied})

    assert [(one["label"], one["from"], one["to"], one["support"]) for one in record["relations"]] == [
        ("attributed-to", "c2", "c1", {"k": 2, "n": 3})
    ]
    assert other["relations"] == []
    assert book.lost == [("A", "r1", "relation")]


def test_several_spans_win_with_a_majority():
    parts = "[she came](Claim) and [he left](Claim)"

    found, *_ = elected(parts, parts, "[she came and he left](Claim)")

    assert shown(found)[NAME] == [("she came", "Claim"), ("he left", "Claim")]


def test_one_span_wins_with_a_majority():
    whole = "[she came and he left](Claim)"

    found, record, _ = elected(whole, "[she came](Claim) and [he left](Claim)", whole)

    assert shown(found)[NAME] == [("she came and he left", "Claim")]
    assert record["spans"][0]["support"] == {"k": 2, "n": 3}


@pytest.mark.parametrize("bare", ["rain", ""])
def test_document_of_one_annotator_is_unchanged(bare):
    marked = f"Ada[Speaker] {bare}"
    found, record, book = elected(marked)

    assert shown(found)[NAME] == [("Ada", "Speaker")]
    assert record["spans"][0]["support"] == {"k": 1, "n": 1}
    assert not book.lost


def test_consensus_names_its_sets():
    _, record, _ = elected("rain", "rain")

    assert record["made_of"] == {"A": 3, "B": 3}
    assert (record["schema_version"], record["guideline_version"]) == (1, 1)
