"""Tokens with a layer of tags for each label."""

from tests.training import entry, rows


def layers(row):
    return [(layer["label"], " ".join(layer["tags"])) for layer in row["layers"] if set(layer["tags"]) != {"O"}]


def test_labels_that_nest_have_layers_of_their_own():
    [row], _ = rows("token-tagging", entry("[it [may](Hedge) rain](Claim)"))

    assert layers(row) == [("Claim", "B-Claim I-Claim I-Claim"), ("Hedge", "O B-Hedge O")]
    assert len(row["layers"]) == 3


def test_a_label_within_itself_gets_a_further_layer():
    [row], _ = rows("token-tagging", entry("[he said [it rained](Claim)](Claim) [so](Claim)"))

    assert layers(row) == [
        ("Claim", "B-Claim I-Claim I-Claim I-Claim B-Claim"),
        ("Claim", "O O B-Claim I-Claim O"),
    ]


def test_the_text_can_be_put_together_again():
    text = "\ufeff  Zoe\u0301's\r\n🤷🏽‍♀️ tea-time …\n "
    [row], _ = rows("token-tagging", entry(text))

    assert row["before"] + "".join(a + b for a, b in zip(row["tokens"], row["after"], strict=True)) == text
    places = zip(row["starts"], row["ends"], strict=True)
    assert [text[start:end] for start, end in places] == row["tokens"]


def test_a_token_is_tagged_whole_and_that_is_noted():
    [row], book = rows("token-tagging", entry("rain[storm](Claim) now"))

    assert layers(row) == [("Claim", "B-Claim O")]
    assert book.lost == [("A", "s1", "boundaries")]


def test_a_span_of_white_space_is_noted():
    [row], book = rows("token-tagging", entry("rain[ ](Claim)now"))

    assert layers(row) == []
    assert book.lost == [("A", "s1", "span")]


def test_a_text_without_a_token_is_all_before():
    [row], _ = rows("token-tagging", entry(" \n"))

    assert (row["before"], row["tokens"], row["after"]) == (" \n", [], [])
