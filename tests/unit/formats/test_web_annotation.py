"""W3C Web Annotation."""

import json

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read, read_one, span, spans_of, write

TEXT = "🙂 Ada said no."


def annotation(*selectors, label="Claim", **members):
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld", "id": "http://example.org/a/7", "type": "Annotation",
        "motivation": "tagging", "body": {"type": "TextualBody", "value": label},
        "target": {"source": "http://example.org/texts/one.txt", "selector": list(selectors)},
    } | members  # fmt: skip


def position(start, end):
    return {"type": "TextPositionSelector", "start": start, "end": end}


def quotation(exact):
    return {"type": "TextQuoteSelector", "exact": exact}


def one(*items):
    return read_one("web-annotation", {"one.txt": TEXT.encode(), "all.jsonld": json.dumps(list(items)).encode()})


@given(corpora())
@settings(max_examples=examples(60))
def test_written_files_are_read_unchanged(documents):
    assert assert_carried("web-annotation", documents, ids=True).all == []


def test_titles_meta_and_unusual_names_are_kept():
    document = entry(TEXT, {"a:b/c": {"spans": [span("x/1:2", "Claim", (2, 5))]}}, id="a/b", title="T", meta={"n": 1})
    files, losses = write("web-annotation", [document])
    arrival = read_one("web-annotation", files)
    assert (arrival.document.external_id, arrival.document.title, arrival.document.meta) == ("a/b", "T", {"n": 1})
    assert arrival.document.sets["a:b/c"].spans[0]["id"] == "x/1:2"
    assert losses.all == []


def test_annotations_of_other_tools_are_read():
    arrival = one(annotation(position(2, 5), quotation("Ada"), creator="http://example.org/ada"))
    assert spans_of(arrival, "http://example.org/ada") == [("Claim", [[2, 5]])]


def test_unique_quotation_locates_a_span():
    assert spans_of(one(annotation(quotation("said")))) == [("Claim", [[6, 10]])]
    assert "“a” occurs 2 times in the text" in one(annotation(quotation("a"))).problems[0]


def test_utf16_offsets_are_recognised_by_the_quotation():
    arrival = one(annotation(position(3, 6), quotation("Ada")))
    assert spans_of(arrival) == [("Claim", [[2, 5]])]
    assert "UTF-16" in arrival.notes[0]


def test_body_value_is_a_label():
    assert spans_of(one(annotation(position(2, 5), body=None, bodyValue="PER"))) == [("PER", [[2, 5]])]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (annotation(position(2, 99)), "outside the text"),
        (annotation(position(2, 5), body=[]), "has no label"),
        (
            annotation(motivation="linking", body=[{"id": "b", "purpose": "linking"}], target="urn:span:x:one.txt"),
            "does not exist",
        ),
    ],
)
def test_errors_are_reported(item, words):
    item = item if isinstance(item["target"], dict) else item | {"target": {"id": "x", "source": "one.txt"}}
    assert words in one(item).problems[0]


def test_annotation_without_a_text_is_reported():
    files = {"one.txt": b"x", "a.jsonld": json.dumps([annotation(position(0, 1)) | {"target": "other.txt"}]).encode()}
    assert [arrival.problems for arrival in read("web-annotation", files)] == [
        (), ("The annotation refers to no text in this archive.",)
    ]  # fmt: skip


def test_texts_and_valid_json_are_required():
    with pytest.raises(UnreadableFile, match=r"no \.txt file"):
        read("web-annotation", {"a.jsonld": b"[]"})
    with pytest.raises(UnreadableFile, match="not valid JSON"):
        read("web-annotation", {"one.txt": b"x", "a.jsonld": b"["})


def test_format_is_detected_by_its_content():
    assert detect_format(Head("x.json", json.dumps([annotation()]).encode())) == "web-annotation"


@pytest.mark.parametrize("ending", ["json", "jsonld"])
def test_words_around_a_quotation_choose_its_place(ending):
    selector = {"type": "TextQuoteSelector", "exact": "Mira", "prefix": "Jon. ", "suffix": " left"}
    item = annotation(selector, label="PER") | {"target": {"source": "1.txt", "selector": [selector]}}
    files = {"1.txt": b"Mira met Jon. Mira left.", f"1.{ending}": json.dumps([item]).encode()}
    assert spans_of(read_one("web-annotation", files)) == [("PER", [[14, 18]])]


def test_words_around_a_quotation_outweigh_wrong_offsets():
    selector = quotation("a") | {"prefix": "Ad", "suffix": " said"}
    arrival = one(annotation(position(9, 10), selector))
    assert spans_of(arrival) == [("Claim", [[4, 5]])]
    assert "the words around it occur only there" in arrival.notes[0]


def test_targets_with_quotations_only_are_fragments():
    targets = [{"source": "one.txt", "selector": quotation(words)} for words in ("no", "Ada")]
    assert spans_of(one(annotation() | {"target": targets})) == [("Claim", [[2, 5], [11, 13]])]


def test_each_tag_of_an_annotation_is_a_span():
    bodies = [{"purpose": "tagging", "value": "A"}, {"purpose": "tagging", "value": "B"}]
    assert spans_of(one(annotation(position(2, 5), body=bodies))) == [("A", [[2, 5]]), ("B", [[2, 5]])]
