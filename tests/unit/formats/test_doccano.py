"""doccano's JSONL."""

import json

import pytest
from hypothesis import given, settings

from annotator.formats import set_builder
from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read, read_one, relation, span, spans_of, write

TEXT = "🙂 Ada said no."
OLD = {"id": 7, "text": TEXT, "label": [[3, 6, "PER"]], "source": "wire"}
NEW = {
    "id": 7, "text": TEXT,
    "entities": [{"id": 11, "start_offset": 3, "end_offset": 6, "label": "PER"},
                 {"id": 12, "start_offset": 12, "end_offset": 14, "label": "SAY"}],
    "relations": [{"id": 1, "from_id": 12, "to_id": 11, "type": "by"}], "Comments": [],
}  # fmt: skip


def lines(*records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@given(corpora(annotators=("ada",), several_parts=False, attributes=False, notes=False))
@settings(max_examples=examples(60))
def test_written_files_are_read_unchanged(documents):
    files, losses = write("doccano", documents)
    assert losses.all == []
    assert list(files) == ["ada.jsonl"]
    assert_carried("doccano", documents)


def test_each_annotator_has_a_file():
    sets = {"ada": {"spans": [span("s1", "PER", (2, 5))]}, "ben": {}}
    files, _ = write("doccano", [entry(TEXT, sets)])
    assert list(files) == ["ada.jsonl", "ben.jsonl"]
    line = json.loads(files["ada.jsonl"])
    assert line["entities"] == [{"id": 1, "label": "PER", "start_offset": 3, "end_offset": 6}]
    assert TEXT.encode("utf-16-le")[2 * 3 : 2 * 6].decode("utf-16-le") == "Ada"


def test_old_version_is_read_with_its_metadata():
    arrival = read_one("doccano", lines(OLD), name="admin.jsonl")
    assert spans_of(arrival, "admin") == [("PER", [[2, 5]])]
    assert (arrival.document.external_id, arrival.document.meta) == ("7", {"source": "wire"})
    assert "UTF-16" in arrival.notes[0]


def test_older_member_names_are_read():
    annotations = [{"label": 3, "start_offset": 3, "end_offset": 6, "user": 1}]
    arrivals = read(
        "doccano", lines({"text": TEXT, "labels": [[3, 6, "PER"]]}, {"text": TEXT, "annotations": annotations})
    )
    assert [spans_of(arrival) for arrival in arrivals] == [[("PER", [[2, 5]])], [("3", [[2, 5]])]]


def test_new_version_has_relations():
    arrival = read_one("doccano", lines(NEW))
    assert spans_of(arrival) == [("PER", [[2, 5]]), ("SAY", [[11, 13]])]
    assert arrival.document.sets["file"].relations == [relation("r1", "by", "12", "11")]


def test_code_points_can_be_selected():
    arrival = read_one("doccano", lines(OLD | {"label": [[2, 5, "PER"]]}), options={"offsets": "code-points"})
    assert (spans_of(arrival), arrival.notes) == ([("PER", [[2, 5]])], ())


def test_losses_of_doccano_are_reported():
    spans = [span("s1", "Claim", (2, 5), (6, 10), attributes={"kind": "fact"}, note="why", origin="imported")]
    files, losses = write("doccano", [entry(TEXT, {"ada": {"spans": spans}})])
    assert losses.what == {"fragments", "attributes", "note", "origin"}
    assert len(json.loads(files["ada.jsonl"])["entities"]) == 2


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"text": "  ", "label": []}, "no text"),
        ({"text": "no", "label": ["news"]}, "not a label with start and end"),
        ({"text": "no", "label": [[0, 9, "X"]]}, "outside the text"),
        ({"text": "no", "label": [["0", 1, "X"]]}, "must be whole numbers"),
        ({"text": "no", "entities": [1], "relations": []}, "not an entity"),
        (
            {"text": "no", "entities": [], "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "x"}]},
            "span 1 does not exist",
        ),
        ([], "must be an object"),
    ],
)
def test_errors_are_reported(record, words):
    assert words in read_one("doccano", json.dumps([record]).encode()).problems[0]


@pytest.mark.parametrize("data", [b"{", b'[{"text": "a"}', b"\xff", b'[{"text": "a"}] x', b'{"text": NaN}'])
def test_invalid_json_is_reported(data):
    with pytest.raises(UnreadableFile):
        read("doccano", data)


@pytest.mark.parametrize("record", [OLD, NEW, {"text": "x", "labels": [[0, 1, "A"]]}])
def test_format_is_detected_by_its_content(record):
    assert detect_format(Head("export.jsonl", lines(record))) == "doccano"


def test_a_set_with_too_many_spans_is_a_problem_of_its_document(monkeypatch):
    monkeypatch.setattr(set_builder, "MOST_SPANS", 2)
    many = OLD | {"label": [[at, at + 1, "PER"] for at in range(3, 7)]}
    first, second = read("doccano", lines(many, OLD))
    assert first.problems == ("There are more than 2 spans in one set. Split the document.",)
    assert (second.problems, spans_of(second)) == ((), [("PER", [[2, 5]])])


def test_entities_as_lists_and_relations_without_ids_are_read():
    record = {"text": TEXT, "cats": ["flight"], "entities": [[3, 6, "PER"], [12, 14, "SAY"]]}
    assert detect_format(Head("a.jsonl", lines(record))) == "doccano"
    arrival = read_one("doccano", lines(record))
    assert (spans_of(arrival), arrival.document.meta) == (
        [("PER", [[2, 5]]), ("SAY", [[11, 13]])],
        {"cats": ["flight"]},
    )
    relations = [{"from_id": 12, "to_id": 11, "type": label} for label in ("by", "of")]
    assert read_one("doccano", lines({**NEW, "relations": relations})).notes == read_one("doccano", lines(NEW)).notes
