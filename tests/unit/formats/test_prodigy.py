"""Prodigy's JSONL."""

import json

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read, read_one, span, spans_of, write

TEXT = "🙂 Ada said no."
TASK = {
    "text": TEXT, "_input_hash": -17, "_task_hash": 4, "_session_id": "news-ada", "answer": "accept", "meta": {"n": 1},
    "spans": [{"start": 2, "end": 5, "label": "PER", "token_start": 1, "token_end": 1},
              {"start": 6, "end": 10, "label": "SAY"}],
    "relations": [{"head": 2, "child": 1, "label": "by", "head_span": {"start": 6, "end": 10, "label": "SAY"},
                   "child_span": {"start": 2, "end": 5, "label": "PER"}}],
}  # fmt: skip


def tasks(*records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@given(corpora(several_parts=False))
@settings(max_examples=examples(60))
def test_written_files_are_read_unchanged(documents):
    assert assert_carried("prodigy", documents, ids=True).all == []


def test_task_is_read_with_its_relations():
    arrival = read_one("prodigy", tasks(TASK))
    assert spans_of(arrival, "news-ada") == [("PER", [[2, 5]]), ("SAY", [[6, 10]])]
    (joined,) = arrival.document.sets["news-ada"].relations
    assert (joined["label"], joined["from"], joined["to"]) == ("by", "s2", "s1")
    assert (arrival.document.external_id, arrival.document.meta) == ("-17", {"n": 1})


@pytest.mark.parametrize("answer", ["reject", "ignore"])
def test_rejected_task_has_no_annotations(answer):
    arrival = read_one("prodigy", tasks(TASK | {"answer": answer}))
    assert (arrival.document.sets, answer in arrival.notes[0]) == ({}, True)


def test_tokens_are_split_at_span_boundaries():
    files, _ = write("prodigy", [entry("undone deed", {"ada": {"spans": [span("s1", "Neg", (0, 2))]}})])
    line = json.loads(files[""])
    assert [token["text"] for token in line["tokens"]] == ["un", "done", "deed"]
    assert (line["spans"][0]["token_start"], line["spans"][0]["token_end"]) == (0, 0)
    assert [token["ws"] for token in line["tokens"]] == [False, True, False]


def test_fragments_become_spans_and_are_reported():
    _, losses = write("prodigy", [entry(TEXT, {"ada": {"spans": [span("s1", "Claim", (2, 5), (6, 10))]}})])
    assert losses.what == {"fragments"}


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"image": "x"}, "object with a text"),
        (TASK | {"spans": [{"start": 2, "end": 5}]}, "not a span with a label"),
        (TASK | {"spans": [{"start": 2, "end": 50, "label": "A"}]}, "outside the text"),
        (TASK | {"spans": []}, "span at 6 does not exist"),
    ],
)
def test_errors_are_reported(task, words):
    assert words in read("prodigy", tasks(task))[0].problems[0]


def test_format_is_detected_by_its_content():
    assert detect_format(Head("x.jsonl", tasks(TASK))) == "prodigy"
    assert (
        detect_format(Head("x.jsonl", tasks({"text": "no", "spans": [{"start": 0, "end": 2, "label": "X"}]})))
        == "prodigy"
    )


def test_other_fields_of_a_task_stay_in_the_metadata():
    arrival = read_one("prodigy", tasks({**TASK, "label": "NEWS", "accept": ["A"], "url": "x", "tokens": [], "_n": 1}))
    assert arrival.document.meta == {"n": 1, "label": "NEWS", "url": "x", "accept": ["A"], "answer": "accept"}


def test_spans_and_attributes_of_another_kind_are_refused():
    assert read_one("prodigy", tasks({**TASK, "spans": {"0": {}}, "relations": None})).problems == (
        '“spans” must be a list, not {"0": {}}.',
    )
    wrong = {"start": 2, "end": 5, "label": "PER", "attributes": ["x"]}
    assert read_one("prodigy", tasks({**TASK, "spans": [wrong], "relations": []})).problems == (
        "Span 1: its attributes must be an object.",
    )
