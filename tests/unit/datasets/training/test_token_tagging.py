"""Tokens with a layer of tags for each label."""

from tests.training import entry, rows


def layers(row):
    return [(layer["label"], " ".join(layer["tags"])) for layer in row["layers"] if set(layer["tags"]) != {"O"}]


def test_nested_labels_have_separate_layers():
    [row], _ = rows("token-tagging", entry("[it [may](Hedge) rain](Claim)"))

    assert layers(row) == [("Claim", "B-Claim I-Claim I-Claim"), ("Hedge", "O B-Hedge O")]
    assert len(row["layers"]) == 3


def test_label_within_itself_gets_a_further_layer():
    [row], _ = rows("token-tagging", entry("[he said [it rained](Claim)](Claim) [so](Claim)"))

    assert layers(row) == [
        ("Claim", "B-Claim I-Claim I-Claim I-Claim B-Claim"),
        ("Claim", "O O B-Claim I-Claim O"),
    ]


def test_text_can_be_restored_from_tokens():
    text = "\ufeff  Zoe\u0301's\r\n🤷🏽‍♀️ tea-time …\n "
    [row], _ = rows("token-tagging", entry(text))

    assert row["before"] + "".join(a + b for a, b in zip(row["tokens"], row["after"], strict=True)) == text
    places = zip(row["starts"], row["ends"], strict=True)
    assert [text[start:end] for start, end in places] == row["tokens"]


def test_partly_covered_token_is_tagged_and_reported():
    [row], book = rows("token-tagging", entry("rain[storm](Claim) now"))

    assert layers(row) == [("Claim", "B-Claim O")]
    assert book.lost == [("A", "s1", "boundaries")]


def test_span_of_white_space_is_a_loss():
    [row], book = rows("token-tagging", entry("rain[ ](Claim)now"))

    assert layers(row) == []
    assert book.lost == [("A", "s1", "span")]


def test_text_without_tokens_is_all_before():
    [row], _ = rows("token-tagging", entry(" \n"))

    assert (row["before"], row["tokens"], row["after"]) == (" \n", [], [])
