"""Shares of annotators."""

from tests.training import entry, rows


def shares(row):
    return {one["label"]: one["tokens"] for one in row["shares"]}


def test_shares_are_by_label_and_token():
    one = entry("it [may](Hedge) [rain](Claim)", "it [may rain](Claim)", "it may rain")

    [row], _ = rows("soft-labels", one)

    assert (row["n"], row["annotators"]) == (3, ["A", "B", "C"])
    assert shares(row) == {
        "Claim": [0.0, 0.333333, 0.666667],
        "Speaker": [0.0, 0.0, 0.0],
        "Hedge": [0.0, 0.333333, 0.0],
        "none": [1.0, 0.333333, 0.333333],
    }


def test_spans_of_one_label_count_their_annotator_once():
    [row], _ = rows("soft-labels", entry("[he said [no](Claim)](Claim)", "he said no"))

    assert shares(row)["Claim"] == [0.5, 0.5, 0.5]


def test_labels_of_an_older_schema_have_a_column():
    [row], _ = rows("soft-labels", entry("Rome[Place] burns"))

    assert shares(row)["Place"] == [1.0, 0.0]


def test_window_of_a_document_has_no_annotator():
    [row], _ = rows("soft-labels", entry("rain", document="d", id="d#3-7", window=[3, 7], focus=[0, 4]))

    assert (row["document"], row["window"], "annotator" in row) == ("d", [3, 7], False)
