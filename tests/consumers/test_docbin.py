"""spaCy's own files, with spaCy."""

import zlib

import pytest
import spacy
import srsly
from hypothesis import given, settings
from spacy.tokens import Doc, DocBin

from annotator.formats.docbin import read as docbin_read
from annotator.formats.docbin import write as docbin_write
from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read, read_one, relation, span, spans_of, write

pytestmark = pytest.mark.consumers
TEXT = "🙂 Ada said no.\r\n  Ben agreed."


@pytest.fixture
def doc():
    made = spacy.blank("en")("🙂 Ada said no. Ben agreed.")
    made.ents = [made.char_span(2, 5, label="PERSON", kb_id="Q7259")]
    made.spans["sc"] = [made.char_span(6, 13, label="SAY", span_id="one")]
    return made


def packed(*docs, **members):
    """The bytes of a DocBin, after members of its message were put in the place of what stood there."""
    message = srsly.msgpack_loads(zlib.decompress(DocBin(docs=docs, store_user_data=True).to_bytes()))
    return zlib.compress(srsly.msgpack_dumps(message | members))


@given(corpora())
@settings(max_examples=examples(40), deadline=None)
def test_written_files_are_read_unchanged(documents):
    assert assert_carried("docbin", documents, ids=True).all == []


@given(corpora())
@settings(max_examples=examples(20), deadline=None)
def test_spacy_finds_the_text_and_every_fragment(documents):
    files, _ = write("docbin", documents)
    docs = [doc for data in files.values() for doc in DocBin().from_bytes(data).get_docs(spacy.blank("xx").vocab)]
    assert [doc.text for doc in docs] == [one.document["text"] for one in documents]
    for doc, one in zip(docs, documents, strict=True):
        for name, record in one.sets.items():
            expected = sorted(
                (each["label"], start, end) for each in record["spans"] for start, end in each["fragments"]
            )
            assert sorted((each.label_, each.start_char, each.end_char) for each in doc.spans[name]) == expected


def test_entities_and_groups_are_read(doc):
    doc.cats = {"news": 1.0}
    doc.user_data["._.", "seen", 0, 1] = 3
    data = packed(doc)
    assert detect_format(Head("train.spacy", data)) == detect_format(Head("noname", data)) == "docbin"
    arrival = read_one("docbin", data)
    assert (arrival.document.text, arrival.document.meta) == (doc.text, {})
    assert spans_of(arrival, "ents") == [("PERSON", [[2, 5]])]
    assert arrival.document.sets["ents"].spans[0]["note"] == "kb_id Q7259"
    assert [(one["id"], one["label"]) for one in arrival.document.sets["sc"].spans] == [("one", "SAY")]
    assert arrival.notes == ("Categories of the document were left out.",)


def test_compressed_spacy_files_are_read(doc):
    """Tags, heads and sentences, which a trained pipeline leaves, are not needed and do no harm."""
    full = Doc(doc.vocab, words=["Ada", "said"], tags=["NNP", "VBD"], heads=[1, 1], deps=["nsubj", "ROOT"])
    full.set_ents([full.char_span(0, 3, label="PERSON")])
    assert spans_of(read_one("docbin", packed(full)), "ents") == [("PERSON", [[0, 3]])]


def test_words_without_known_spaces_are_reported(doc):
    bare = Doc(doc.vocab, words=["Ada", "said"])
    assert bare.has_unknown_spaces
    assert "does not store spaces" in read_one("docbin", packed(bare)).notes[0]


def test_documents_are_split_into_files(monkeypatch, tmp_path):
    monkeypatch.setattr(docbin_write, "DOCUMENTS_A_FILE", 2)
    files, losses = write("docbin", [entry(f"{number} no", {"ada": {}}, id=f"d{number}") for number in range(5)])
    assert list(files) == ["part-00001.spacy", "part-00002.spacy", "part-00003.spacy"]
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    corpus = spacy.training.Corpus(tmp_path)
    assert [example.reference.text for example in corpus(spacy.blank("en"))] == [f"{number} no" for number in range(5)]
    assert losses.all == []


def test_long_documents_have_their_own_files(monkeypatch):
    monkeypatch.setattr(docbin_write, "CHARACTERS_A_FILE", 10)
    files, _ = write("docbin", [entry("no " * length, {"ada": {}}, id=f"d{length}") for length in (1, 2, 3, 9)])
    assert [len(read("docbin", data)) for data in files.values()] == [2, 1, 1]


def test_bytes_do_not_depend_on_zlib():
    work = {"spans": [span("s1", "Claim", (0, 1), (3, 6), attributes={"b": "x", "a": "y"})]}
    metas = ({"b": 1, "a": 2}, {"a": 2, "b": 1})
    first, second = (write("docbin", [entry(TEXT, {"ada": work}, meta=meta)])[0] for meta in metas)
    assert first == second
    (data,) = first.values()
    assert zlib.compress(zlib.decompress(data), 0) == data


def test_details_are_stored_in_group_attributes():
    spans = [
        span("s1", "Claim", (0, 1), (3, 6), attributes={"kind": "fact"}, note="sure"),
        span("s2", "Speaker", (3, 6)),
    ]
    work = {"spans": spans, "relations": [relation("r1", "said-by", "s1", "s2")]}
    (data,) = write("docbin", [entry("a bcd ef", {"ada": work})])[0].values()
    (doc,) = DocBin().from_bytes(data).get_docs(spacy.blank("xx").vocab)
    assert doc.spans["ada"].attrs == {
        "attributes": {"s1": {"kind": "fact"}},
        "notes": {"s1": "sure"},
        "origins": {"s1": "manual", "s2": "manual"},
        "discontinuous": ["s1"],
        "relations": [{"id": "r1", "label": "said-by", "from": "s1", "to": "s2"}],
    }


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"lengths": b"\xff\xff\xff\xff"}, "lengths of its documents"),
        ({"lengths": b"\x7f\0\0\0"}, "lengths of its documents"),
        ({"spaces": b""}, "lengths of its documents"),
        ({"tokens": b"\x01" * 8 * 7}, ""),
        ({"tokens": b"\x01" * 7}, ""),
        ({"attrs": []}, ""),
        ({"attrs": "x"}, ""),
        ({"strings": 3}, "not iterable"),
        ({"span_groups": [b"\xc1"]}, ""),
        ({"span_groups": [srsly.msgpack_dumps({b"\x80": ["x"]})]}, "name"),
        ({"user_data": [b"\xc1"]}, ""),
    ],
)
def test_inconsistent_file_is_refused(doc, members, words):
    with pytest.raises(UnreadableFile, match=f"is not a readable DocBin.*{words}"):
        read("docbin", packed(doc, **members))


def test_span_outside_its_document_is_refused(doc):
    other = spacy.blank("en")("one two three four five six seven eight nine ten eleven twelve")
    other.spans["sc"] = [other[8:11]]
    with pytest.raises(UnreadableFile, match="start 8 and end 11 for Doc of length 8"):
        read("docbin", packed(doc, span_groups=[other.spans.to_bytes()]))


def test_span_without_label_is_reported(doc):
    doc.spans["sc"] = [doc[0:1]]
    assert "Tokens 0 to 1: the span has no label" in read_one("docbin", packed(doc)).problems[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello", "not compressed like .spacy files"),
        (zlib.compress(b"\x80")[:-4], "its end is missing"),
        (zlib.compress(b"\x80"), "attrs"),
        (zlib.compress(b"\x93\x01\x02\x03"), "not a readable DocBin"),
        (zlib.compress(b"\xdd\xff\xff\xff\xff"), "not a readable DocBin"),
    ],
)
def test_invalid_docbin_is_refused(data, words):
    with pytest.raises(UnreadableFile, match=words):
        read("docbin", data)


def test_too_large_docbin_is_refused(monkeypatch):
    monkeypatch.setattr(docbin_read, "MOST_UNPACKED", 1000)
    with pytest.raises(UnreadableFile, match="unpacks to more than 1,000 bytes"):
        read("docbin", zlib.compress(b"\0" * 1001))
