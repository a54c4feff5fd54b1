"""The notation of the tests themselves."""

from tests.notation import make_spans


def test_label_in_brackets_covers_the_word_before() -> None:
    text, spans = make_spans("Ada[Speaker] said so.")

    assert text == "Ada said so."
    assert [(span["label"], span["fragments"]) for span in spans] == [("Speaker", [[0, 3]])]


def test_bracketed_words_nest_and_have_attributes() -> None:
    text, spans = make_spans("[it [may](Hedge) rain](Claim kind=prediction)")

    assert text == "it may rain"
    assert [(span["label"], span["fragments"], span["attributes"]) for span in spans] == [
        ("Hedge", [[3, 6]], {}),
        ("Claim", [[0, 11]], {"kind": "prediction"}),
    ]
