"""Sentences with their labels."""

from tests.training import entry, rows

TEXT = "Ada[Speaker] said [it may rain. It may hail](Claim kind=prediction). Ben left."


def test_sentence_has_labels_of_spans_that_touch_it():
    made, _ = rows("sentence-classification", entry(TEXT))

    assert [(row["text"], row["labels"]) for row in made] == [
        ("Ada said it may rain.", ["Claim", "Speaker"]),
        ("It may hail.", ["Claim"]),
        ("Ben left.", []),
    ]
    assert made[1]["classes"] == {"Claim": 1, "Speaker": 0, "Hedge": 0}
    assert made[1]["values"] == ["Claim.kind=prediction"]


def test_sentences_refer_to_the_document():
    text = entry(TEXT).document["text"]

    for row in rows("sentence-classification", entry(TEXT))[0]:
        start, end = row["sentence"]
        assert text[start:end] == row["text"]


def test_sentences_between_fragments_are_not_touched():
    one = entry("[It rained](Claim). Ben left. It poured.")
    one.sets["A"]["spans"][0]["fragments"] = [[0, 9], [22, 31]]

    assert [row["labels"] for row in rows("sentence-classification", one)[0]] == [["Claim"], [], ["Claim"]]


def test_window_is_classified_by_its_sentence_in_focus():
    one = entry("It [may](Hedge) rain. Ben left.", document="d", id="d#18-27", window=[5, 27], focus=[13, 22])

    [row], _ = rows("sentence-classification", one)

    assert (row["labels"], row["sentence"], row["text"]) == ([], [18, 27], "It may rain. Ben left.")
    assert row["text"][slice(*row["focus"])] == "Ben left."
