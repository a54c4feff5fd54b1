"""Rows for Hugging Face."""

import json

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read_one, span, spans_of, write


@given(corpora())
@settings(max_examples=examples(60))
def test_written_files_are_read_unchanged(documents):
    assert assert_carried("huggingface", documents, ids=True).all == []


def test_all_rows_have_the_same_columns():
    spans = [span("s1", "Claim", (0, 2), attributes={"kind": "fact"}), span("s2", "Claim", (3, 5))]
    files, _ = write("huggingface", [entry("No no", {"ada": {"spans": spans}, "ben": {}}, meta={"n": 1})])
    rows = [json.loads(line) for line in files[""].splitlines()]
    assert rows[0].keys() == rows[1].keys()
    assert rows[0]["spans"][0].keys() == rows[0]["spans"][1].keys()
    assert (rows[0]["meta"], rows[0]["spans"][0]["attributes"]) == ('{"n":1}', [{"name": "kind", "value": "fact"}])
    assert read_one("huggingface", files[""].splitlines()[0]).document.meta == {"n": 1}


@pytest.mark.parametrize("text", [None, "Ada  said\nno."])
def test_tokens_with_tags_are_read(text):
    row = {"id": 3, "tokens": ["Ada", "said", "no", "."], "ner_tags": ["B-PER", "O", "B-X", "I-X"]} | (
        {"text": text} if text else {}
    )
    arrival = read_one("huggingface", json.dumps(row).encode())
    found = [arrival.document.text[start:end] for _, [[start, end]] in spans_of(arrival)]
    assert found == (["Ada", "no."] if text else ["Ada", "no ."])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"id": 1}, "neither text nor tokens"),
        ({"tokens": ["a"], "tags": [3]}, "ClassLabel"),
        ({"tokens": ["a"], "tags": ["B-X", "O"]}, "tokens (1) and tags (2) differ"),
        ({"text": "b", "tokens": ["a"], "tags": ["O"]}, "does not follow the previous token"),
        ({"tokens": ["a"], "tags": ["Q"]}, "is not a tag"),
        ({"text": "a", "spans": [1]}, "is not a span"),
        (3, "must be an object"),
    ],
)
def test_errors_are_reported(row, words):
    assert words in read_one("huggingface", json.dumps([row]).encode()).problems[0]


def test_format_is_detected_by_its_content():
    files, _ = write("huggingface", [entry("No", {"ada": {}})])
    assert detect_format(Head("x.jsonl", files[""])) == "huggingface"
    assert detect_format(Head("x.json", b'{"tokens": ["a"], "ner_tags": [0]}')) == "huggingface"


def test_columns_of_spans_and_other_fields_are_read():
    row = {"text": "Ada said", "source": "wire", "spans": {"start": [0], "end": [3], "label": ["PER"]}}
    arrival = read_one("huggingface", json.dumps(row).encode())
    assert (spans_of(arrival), arrival.document.meta) == ([("PER", [[0, 3]])], {"source": "wire"})
    assert read_one("huggingface", json.dumps(row | {"spans": {"start": [0], "end": []}}).encode()).problems


@pytest.mark.parametrize("fragments", [[[]], [5], 5, {"0": 3}])
def test_fragments_that_are_no_pairs_are_refused(fragments):
    row = {"text": "Ada said", "spans": [{"label": "PER", "fragments": fragments}]}
    assert read_one("huggingface", json.dumps(row).encode()).problems
