"""Texts with flat lists of spans."""

from tests.training import EXAMPLE, entry, rows


def test_every_fragment_is_a_span_with_its_text():
    one = entry("[They did](Claim kind=fact), she said, agree.")
    one.sets["A"]["spans"][0]["fragments"] = [[0, 8], [20, 25]]

    [row], book = rows("span-ner", one)

    assert [(span["start"], span["end"], span["text"]) for span in row["spans"]] == [
        (0, 8, "They did"),
        (20, 25, "agree"),
    ]
    assert book.lost == [("A", "s1", "fragments")]


def test_row_names_the_annotator_of_its_set():
    made, _ = rows("span-ner", entry(EXAMPLE, "Ada said it may rain."))

    assert [(row["annotator"], row["schema_version"], len(row["spans"])) for row in made] == [("A", 1, 3), ("B", 1, 0)]


def test_consensus_spans_have_support():
    one = entry("it [may](Hedge) rain")
    one.sets["A"]["spans"][0] |= {"support": {"k": 2, "n": 3}, "sources": ["ada", "ben"]}

    [row], book = rows("span-ner", one)

    assert (row["spans"][0]["support"], row["spans"][0]["sources"]) == ({"k": 2, "n": 3}, ["ada", "ben"])
    assert not book.lost


def test_window_has_its_position():
    [row], _ = rows("span-ner", entry("rain", id="d#7-11", document="d", window=[7, 11], focus=[0, 4]))

    assert (row["document"], row["window"], row["focus"]) == ("d", [7, 11], [0, 4])


def test_notes_and_relations_are_reported_as_losses():
    one = entry(EXAMPLE, relations={"A": [("hedges", "s2", "s3")]})
    one.sets["A"]["spans"][1]["note"] = "Sure?"

    _, book = rows("span-ner", one)

    assert sorted(book.lost) == [("A", "r1", "relation"), ("A", "s2", "note")]
