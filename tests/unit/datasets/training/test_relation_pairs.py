"""Candidates for relations and their labels."""

from tests.training import entry, rows

TEXT = "Ada[Speaker] said [it rained](Claim). Ben[Speaker] left. Cleo[Speaker] came."


def pairs(made):
    return [(row["from"]["text"], row["to"]["text"], row["label"]) for row in made]


def test_candidates_are_allowed_pairs_of_near_spans():
    tied = {"A": [("attributed-to", "s2", "s1")]}

    assert pairs(rows("relation-pairs", entry(TEXT, relations=tied), pair_sentences=0)[0]) == [
        (["it rained"], ["Ada"], "attributed-to")
    ]
    assert pairs(rows("relation-pairs", entry(TEXT, relations=tied), pair_sentences=1)[0]) == [
        (["it rained"], ["Ada"], "attributed-to"),
        (["it rained"], ["Ben"], "none"),
    ]
    assert len(rows("relation-pairs", entry(TEXT, relations=tied), pair_sentences=2)[0]) == 3


def test_relation_over_long_distance_is_a_loss():
    made, book = rows("relation-pairs", entry(TEXT, relations={"A": [("attributed-to", "s2", "s4")]}))

    assert {label for *_, label in pairs(made)} == {"none"}
    assert book.lost == [("A", "r1", "relation")]


def test_relation_not_in_schema_is_a_loss():
    made, book = rows("relation-pairs", entry(TEXT, relations={"A": [("attributed-to", "s1", "s2")]}))

    assert {label for *_, label in pairs(made)} == {"none"}
    assert book.lost == [("A", "r1", "relation")]


def test_passage_refers_to_the_document():
    text = entry(TEXT).document["text"]
    made, _ = rows("relation-pairs", entry(TEXT), pair_sentences=2)

    assert [row["passage"] for row in made] == [[0, 19], [0, 29], [0, 40]]
    for row in made:
        begin, end = row["passage"]
        assert text[begin:end] == row["text"]
        for span in (row["from"], row["to"]):
            assert [row["text"][start:stop] for start, stop in span["fragments"]] == span["text"]


def test_pair_with_two_relations_has_two_rows():
    tied = {"A": [("attributed-to", "s2", "s1"), ("seconded-by", "s2", "s1")]}

    made, book = rows("relation-pairs", entry("Ada[Speaker] said [it rained](Claim).", relations=tied))

    assert [label for *_, label in pairs(made)] == ["attributed-to", "seconded-by"]
    assert not book.lost


def test_span_over_sentences_is_near_all_of_them():
    one = entry("[It rained. It poured. It hailed.](Claim) Ada[Speaker] left.")

    assert len(rows("relation-pairs", one, pair_sentences=1)[0]) == 1
    assert len(rows("relation-pairs", one, pair_sentences=0)[0]) == 0


def test_long_span_is_near_spans_far_behind_its_start():
    one = entry("[It [hailed](Hedge). No. No. No](Claim). Ada[Speaker] left.")

    assert (["Ada"], "none") in [(target, label) for _, target, label in pairs(rows("relation-pairs", one)[0])]
