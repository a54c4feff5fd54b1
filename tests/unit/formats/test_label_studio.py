"""Label Studio's JSON."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head
from annotator.formats.label_studio.write import configuration
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import SCHEMA, assert_carried, corpora, entry, read, read_one, relation, span, spans_of, write

TEXT = "🙂 Ada said\nno."


def region(identifier, start, end, covered, *labels, kind="labels", **value):
    return {"id": identifier, "from_name": "label", "to_name": "text", "type": kind,
            "value": {"start": start, "end": end, "text": covered, kind: list(labels)} | value}  # fmt: skip


def task(*result, **members):
    return {
        "id": 5,
        "data": {"text": TEXT},
        "annotations": [{"id": 1, "completed_by": 3, "result": list(result)}],
    } | members


def one(*result, **members):
    return read_one("label-studio", json.dumps([task(*result, **members)]).encode())


@given(corpora(several_parts=False))
@settings(max_examples=examples(60))
def test_written_files_are_read_unchanged(documents):
    files, losses = write("label-studio", documents)
    assert losses.all == []
    assert set(files) == {"tasks.json", "labelling-config.xml"}
    assert json.loads(files["tasks.json"])[0]["data"]["id"] == documents[0].document["id"]
    assert_carried("label-studio", documents, ids=True)


def test_regions_relations_choices_and_texts_are_read():
    arrival = one(
        region("a", 2, 5, "Ada", "Speaker"),
        region("b", 6, 13, "said\\nno", "Claim"),
        {"type": "relation", "from_id": "b", "to_id": "a", "direction": "right", "labels": ["by"]},
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "left", "labels": ["of"]},
        region("b", 6, 13, "x", "fact", kind="choices") | {"from_name": "kind"},
        {"id": "a", "from_name": "name", "to_name": "text", "type": "textarea", "value": {"text": ["Ada Byron"]}},
        {"id": "z", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["sad"]}},
    )
    assert spans_of(arrival, "annotator-3") == [("Claim", [[6, 13]]), ("Speaker", [[2, 5]])]
    work = arrival.document.sets["annotator-3"]
    assert [span["attributes"] for span in work.spans] == [{"name": "Ada Byron"}, {"kind": "fact"}]
    assert [(one["label"], one["from"], one["to"]) for one in work.relations] == [("by", "b", "a"), ("of", "b", "a")]
    assert arrival.notes == ("annotator-3: “mood” was left out: it belongs to no region.",)


def test_utf16_offsets_are_recognised_by_their_text():
    arrival = one(region("a", 3, 6, "Ada", "Speaker"))
    assert spans_of(arrival) == [("Speaker", [[2, 5]])]
    assert "UTF-16" in arrival.notes[0]


def test_units_are_decided_record_by_record():
    own, other = region("a", 3, 6, "Ada", "Speaker"), region("a", 2, 5, "Ada", "Speaker")
    tasks = [{"data": {"text": "🙂 Ada left."}, "annotations": [{"id": 1, "result": [one]}]} for one in (own, other)]
    first, second = read("label-studio", json.dumps(tasks).encode())
    assert spans_of(first) == spans_of(second) == [("Speaker", [[2, 5]])]
    assert ("UTF-16" in first.notes[0], second.notes) == (True, ())


def test_predictions_are_sets_and_skipped_annotations_left_out():
    result = [region("a", 2, 5, "Ada", "Speaker")]
    arrival = one(
        *result,
        annotations=[{"completed_by": {"email": "ada@example.org"}, "result": result}, {"was_cancelled": True},
                     {"completed_by": {"email": "ada@example.org"}, "result": []}],
        predictions=[{"model_version": "m1", "result": result}],
    )  # fmt: skip
    assert sorted(arrival.document.sets) == ["ada@example.org", "ada@example.org-2", "label-studio m1 (predictions)"]
    assert any("skipped" in note for note in arrival.notes)


def test_json_min_is_read():
    record = {"id": 1, "text": TEXT, "label": [{"start": 2, "end": 5, "text": "Ada", "labels": ["Speaker"]}],
              "annotator": 2, "lead_time": 1.5, "source": "wire"}  # fmt: skip
    data = json.dumps([record]).encode()
    arrival = read_one("label-studio", data)
    assert (spans_of(arrival, "annotator-2"), arrival.document.meta) == ([("Speaker", [[2, 5]])], {"source": "wire"})
    assert detect_format(Head("x.json", data)) == "label-studio"


def test_html_regions_use_global_offsets():
    arrival = one(region("a", "/p[1]", "/p[1]", "Ada", "Speaker", kind="hypertextlabels",
                         globalOffsets={"start": 2, "end": 5}))  # fmt: skip
    assert spans_of(arrival) == [("Speaker", [[2, 5]])]


def test_text_field_is_found_or_must_be_mapped():
    assert one(data={"body": TEXT, "n": 3}).document.text == TEXT
    assert one(data={"body": TEXT, "head": "x"}).problems[0].endswith("to one of the fields: body, head.")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (region("a", 0, 99, "Ada no", "Speaker"), "not “Ada no”"),
        (region("a", 0.5, 3, "Ada", "Speaker"), "whole numbers"),
        ({"type": "labels", "id": "a"}, "no value"),
        ({"type": "relation", "from_id": "a", "to_id": "b", "labels": []}, "span a does not exist"),
    ],
)
def test_errors_are_reported(item, words):
    assert words in one(item).problems[0]


def test_discontinuous_span_is_split_and_reported():
    spans = [span("s1", "Claim", (2, 5), (6, 10)), span("s2", "Speaker", (2, 5), origin="imported")]
    work = {"spans": spans, "relations": [relation("r1", "said-by", "s1", "s2")]}
    files, losses = write("label-studio", [entry(TEXT, {"ada": work})])
    assert losses.what == {"fragments", "origin"}
    result = json.loads(files["tasks.json"])[0]["annotations"][0]["result"]
    assert [item["id"] for item in result if item["type"] == "labels"] == ["s2", "s1", "s1~2"]


def test_configuration_has_labels_attributes_and_relations():
    view = ElementTree.fromstring(configuration(SCHEMA))
    assert [label.get("value") for label in view.iter("Label")] == ["Claim", "Speaker"]
    assert [label.get("background") for label in view.iter("Label")] == ["#0072B2", "#009E73"]
    assert [one.get("value") for one in view.iter("Relation")] == ["said-by"]
    assert {one.get("name"): one.get("whenLabelValue") for one in view.iter("Choices")} == {"Claim_kind": "Claim"}
    assert [one.get("name") for one in view.iter("TextArea")] == ["Speaker_name", "note"]


def test_export_without_documents_is_an_empty_array():
    assert json.loads(write("label-studio", [])[0]["tasks.json"]) == []


def test_format_is_detected_by_its_content():
    assert detect_format(Head("export.json", json.dumps([task()]).encode())) == "label-studio"


def test_notes_on_regions_are_notes_of_spans():
    arrival = one(region("a", 2, 5, "Ada", "Speaker") | {"meta": {"text": ["unsure", "ask Ben"]}})
    assert arrival.document.sets["annotator-3"].spans[0]["note"] == "unsure\nask Ben"


def test_drafts_and_skipped_work_are_counted():
    draft = {"result": [region("a", 2, 5, "Ada", "Speaker")]}
    link = {"type": "relation", "from_id": "a", "to_id": "b"}
    skipped = {"was_cancelled": True, "result": [region("a", 2, 5, "Ada", "Speaker"), link]}
    arrival = one(annotations=[skipped], drafts=[draft, {"result": []}])
    assert +arrival.items.left_out == {("spans", "draft"): 1, ("spans", "rejected"): 1, ("relations", "rejected"): 1}
    assert arrival.notes[0] == "Drafts were left out, because they were not submitted: 1."


def test_what_is_no_list_and_no_region_is_refused():
    assert one("words").problems == ("annotator-3: 'words' is not a region.",)
    assert one(annotations={"result": []}).problems == ('“annotations” must be a list, not {"result": []}.',)


def test_choice_for_a_text_stays_in_the_metadata():
    arrival = read_one("label-studio", json.dumps([{"id": 1, "text": TEXT, "label": "Positive"}]).encode())
    assert arrival.document.meta == {"label": "Positive"}
