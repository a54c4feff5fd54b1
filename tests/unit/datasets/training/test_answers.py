"""Instructions and answers of language models: seq2seq and chat."""

import json

from annotator.datasets.transforms.transformation import TransformOptions, exported_schema
from tests.training import EXAMPLE, SCHEMA, entry, rows

TIED = {"A": [("attributed-to", "s3", "s1"), ("hedges", "s2", "s3")]}


def test_answer_has_quotes_offsets_and_numbered_relations():
    [row], _ = rows("seq2seq", entry(EXAMPLE, relations=TIED))
    answer = json.loads(row["output"])

    assert [(span["id"], span["label"], span["quotes"], span["offsets"]) for span in answer["spans"]] == [
        (1, "Speaker", ["Ada"], [[0, 3]]),
        (2, "Claim", ["it may rain"], [[9, 20]]),
        (3, "Hedge", ["may"], [[12, 15]]),
    ]
    assert [(one["label"], one["from"], one["to"]) for one in answer["relations"]] == [
        ("attributed-to", 2, 1),
        ("hedges", 3, 2),
    ]


def test_discontinuous_span_keeps_its_fragments():
    one = entry("[They did](Claim), she said, agree.")
    one.sets["A"]["spans"][0]["fragments"] = [[0, 8], [20, 25]]

    [row], book = rows("seq2seq", one)

    assert json.loads(row["output"])["spans"][0]["quotes"] == ["They did", "agree"]
    assert not book.lost


def test_instruction_tells_labels_attributes_and_relations():
    [row], _ = rows("seq2seq", entry("rain"))

    for told in ("- Claim: A statement", "  - kind: fact, prediction", "- hedges\n  - from Hedge to Claim"):
        assert told in row["instruction"]


def test_instruction_has_only_selected_labels():
    left = exported_schema(
        SCHEMA, TransformOptions(labels=frozenset({"Claim", "Speaker"}), attributes=frozenset({"Speaker.canonical"}))
    )

    assert [label["id"] for label in left["labels"]] == ["Claim", "Speaker"]
    assert [len(label["attributes"]) for label in left["labels"]] == [0, 1]
    assert [(one["id"], one["from"]) for one in left["relations"]] == [("attributed-to", ["Claim"])]
    assert exported_schema(SCHEMA, TransformOptions()) is SCHEMA


def test_conversation_has_three_messages():
    [chat], _ = rows("chat", entry(EXAMPLE, relations=TIED))
    [row], _ = rows("seq2seq", entry(EXAMPLE, relations=TIED))

    assert [(one["role"], one["content"]) for one in chat["messages"]] == [
        ("system", row["instruction"]),
        ("user", row["input"]),
        ("assistant", row["output"]),
    ]


def test_guidelines_are_added_in_whole_paragraphs():
    guideline = "# Rules\n\nMark claims.\n\n" + "x" * 20_000
    [row], _ = rows("chat", entry("rain"), guideline=guideline)

    assert row["messages"][0]["content"].endswith("Guidelines:\n\n# Rules\n\nMark claims.")
