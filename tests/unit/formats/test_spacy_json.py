"""spaCy's documents as JSON."""

import json

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head
from annotator.formats.registry import detect_format
from annotator.formats.tokens import restorable_tokens
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read_one, relation, span, spans_of, write

DOC = {
    "text": "🙂 Ada said no.", "ents": [{"start": 2, "end": 5, "label": "PERSON"}],
    "tokens": [{"id": 0, "start": 0, "end": 1}], "sents": [],
    "spans": {"sc": [{"start": 6, "end": 13, "label": "SAY", "kb_id": "Q1"}]},
    "cats": {"news": 1.0},
}  # fmt: skip


def put_together(text, tokens):
    """The text as spaCy makes it of words and the spaces after them."""
    ends = [*(start for start, _ in tokens[1:]), len(text)]
    parts = zip(tokens, ends, strict=True)
    return "".join(text[start:end] + (" " if end < following else "") for (start, end), following in parts)


@given(corpora(several_parts=False, attributes=False, notes=False, relations=False))
@settings(max_examples=examples(50))
def test_written_files_are_read_unchanged(documents):
    assert assert_carried("spacy", documents, ids=True).all == []


@given(corpora())
@settings(max_examples=examples(50))
def test_spans_align_with_tokens_that_restore_the_text(documents):
    for line in write("spacy", documents)[0][""].splitlines():
        doc = json.loads(line)
        tokens = [(token["start"], token["end"]) for token in doc["tokens"]]
        assert put_together(doc["text"], tokens) == doc["text"]
        starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
        assert all(one["start"] in starts and one["end"] in ends for spans in doc["spans"].values() for one in spans)


@pytest.mark.parametrize(
    ("text", "starts", "ends", "tokens"),
    [
        ("a b", [], [], [(0, 1), (2, 3)]),
        (" a", [], [], [(0, 1), (1, 2)]),
        ("a  b ", [], [], [(0, 1), (2, 3), (3, 4)]),
        ("a b", [2], [1], [(0, 1), (2, 3)]),
        ("a b", [], [2], [(0, 1), (1, 2), (2, 3)]),
        ("a b", [1], [], [(0, 1), (1, 2), (2, 3)]),
        ("a  b", [2], [], [(0, 1), (1, 2), (2, 3), (3, 4)]),
        ("a\n b", [], [], [(0, 1), (1, 3), (3, 4)]),
    ],
)
def test_additional_white_space_is_a_token(text, starts, ends, tokens):
    assert list(restorable_tokens(text, starts, ends)) == tokens


def test_entities_and_groups_are_separate_sets():
    arrival = read_one("spacy", json.dumps(DOC).encode())
    assert spans_of(arrival, "ents") == [("PERSON", [[2, 5]])]
    assert arrival.document.sets["sc"].spans[0]["note"] == "kb_id Q1"
    assert arrival.notes == ("Categories of the document were left out.",)


def test_losses_are_reported():
    spans = [span("s1", "Claim", (0, 2), (3, 5), attributes={"a": "b"}, note="x"), span("s2", "Claim", (0, 1))]
    work = {"spans": spans, "relations": [relation("r", "x", "s1", "s2")]}
    _, losses = write("spacy", [entry("No no", {"ada": work})])
    assert losses.what == {"fragments", "attributes", "note", "relation"}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"ents": []}, "object with a text"),
        ({"text": "no", "ents": [{"start": 0, "end": 2}]}, "not a span with a label"),
        ({"text": "no", "ents": [{"start": 0, "end": 3, "label": "X"}]}, "outside the text"),
    ],
)
def test_errors_are_reported(record, words):
    assert words in read_one("spacy", json.dumps(record).encode()).problems[0]


def test_format_is_detected_by_its_content():
    assert detect_format(Head("x.jsonl", json.dumps(DOC).encode())) == "spacy"
