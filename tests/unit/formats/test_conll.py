"""CoNLL."""

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head
from annotator.formats.registry import detect_format
from tests.formats import corpora, entry, read, read_one, relation, span, spans_of, write

SAMPLE = (
    b"-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\nGerman JJ B-NP B-MISC\n\n"
    b"Peter NNP B-NP B-PER\nBlackburn NNP I-NP I-PER\n"
)


def labelled(arrival):
    """The spans of the only set as (label, covered words)."""
    text = arrival.document.text
    return [(label, " ".join(text[start:end].split())) for label, [[start, end]] in spans_of(arrival)]


def bare(pairs):
    """Labels with what they cover, white space left out."""
    return sorted((label, "".join(words.split())) for label, words in pairs)


def spans_in(document):
    return document.sets["ada"]["spans"]


@given(
    corpora(annotators=("ada",), several_parts=False, attributes=False, notes=False, relations=False, overlaps=False)
)
@settings(max_examples=60)
def test_labels_survive_a_round_trip(documents):
    files, losses = write("conll", documents)
    assert losses.all == []
    once = read("conll", files["ada.conll"])
    for document, arrival in zip(documents, once, strict=True):
        text = document.document["text"]
        # Tokens are cut at the edges of spans, so that white space may stand where none was.
        assert bare(labelled(arrival)) == bare(
            (one["label"], text[slice(*one["fragments"][0])]) for one in spans_in(document)
        )
    again = [entry(one.document.text, {"ada": {"spans": one.document.sets["file"].spans}}) for one in once]
    twice = read("conll", write("conll", again)[0]["ada.conll"])
    assert [bare(labelled(one)) for one in twice] == [bare(labelled(one)) for one in once]


def test_shared_task_file_is_read():
    arrival = read_one("conll", SAMPLE, name="eng.testa")
    assert arrival.document.text == "EU rejects German\nPeter Blackburn"
    assert labelled(arrival) == [("MISC", "German"), ("ORG", "EU"), ("PER", "Peter Blackburn")]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("I-A I-A O I-B", [("A", "a b"), ("B", "d")]),
        ("I-A B-A I-A O", [("A", "a"), ("A", "b c")]),
        ("B-A I-B I-B O", [("A", "a"), ("B", "b c")]),
        ("B-A E-A S-A O", [("A", "a b"), ("A", "c")]),
        ("U-A B-A I-A L-A", [("A", "a"), ("A", "b c d")]),
        ("O O O B-x-y", [("x-y", "d")]),
    ],
)
def test_all_tagging_schemes_are_read(tags, found):
    data = "".join(f"{token} {tag}\n" for token, tag in zip("abcd", tags.split(), strict=True))
    assert labelled(read_one("conll", data.encode())) == found


def test_empty_line_ends_a_span():
    arrival = read_one("conll", b"a B-A\r\nb I-A\r\n\r\nc I-A\r\n")
    assert arrival.document.text == "a b\nc"
    assert labelled(arrival) == [("A", "a b"), ("A", "c")]


def test_documents_are_numbered_and_sets_named():
    arrivals = read("conll", SAMPLE * 2, name="ada.conll")
    assert [(one.document.external_id, list(one.document.sets)) for one in arrivals] == [
        ("ada-1", ["ada"]),
        ("ada-2", ["ada"]),
    ]


@pytest.mark.parametrize(
    ("data", "words"), [(b"a X-1-2\nb O\n", "is not a tag"), (b"\n\n", "no tokens"), (b"", "no tokens")]
)
def test_errors_are_reported(data, words):
    assert words in read("conll", data)[0].problems[0]


def test_losses_of_tags_are_reported():
    spans = [
        span("s1", "Claim", (0, 7), note="why"),
        span("s2", "Speaker", (0, 3)),
        span("s3", "Claim", (8, 9), (10, 11)),
    ]
    work = {"spans": spans, "relations": [relation("r1", "said-by", "s1", "s2")]}
    files, losses = write("conll", [entry("Ada saw a b.", {"ada": work})])
    assert losses.what == {"note", "span", "fragments", "relation"}
    assert files["ada.conll"].decode().split("\n")[2:8] == [
        "Ada -X- O B-Claim", "saw -X- O I-Claim", "a -X- O B-Claim", "b -X- O B-Claim", ". -X- O O", ""
    ]  # fmt: skip


def test_no_sentence_ends_within_a_span():
    files, _ = write("conll", [entry("Yes. No.\nYes.", {"ada": {"spans": [span("s1", "Claim", (0, 7))]}})])
    body = files["ada.conll"].decode().split("\n\n")[1:]
    assert [part.split("\n")[0].split()[0] for part in body if part.strip()] == ["Yes", "Yes"]


@pytest.mark.parametrize("data", [SAMPLE, b"a O\nb B-X\nc I-X\n", b"a\tDT\tO\r\nb\tNN\tB-X\r\nc\tNN\tO\r\n"])
def test_format_is_detected_by_its_content(data):
    assert detect_format(Head("train.txt", data)) == "conll"


def test_prose_is_not_detected_as_conll():
    assert detect_format(Head("a.txt", b"We are here.\nThey gave it an O\nor so.\n")) == "text"
