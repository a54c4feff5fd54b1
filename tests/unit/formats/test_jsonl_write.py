"""Writing JSONL."""

import json
from itertools import permutations

from annotator.formats.jsonl.write import document_line, set_line

TEXT = "Ada 🙂 denied, Bo said, it."
DOCUMENT = {"id": "d1", "title": "Denial", "text": TEXT, "sha256": "0" * 64, "meta": {"source": "wire", "n": 1.5}}
SPEAKER = {"id": "s1", "label": "Speaker", "fragments": [[0, 3]], "attributes": {}, "note": "", "origin": "manual"}
CLAIM = {
    "id": "s2",
    "label": "Claim",
    "fragments": [[4, 12], [23, 25]],
    "attributes": {"voice": "speaker", "kind": "fact"},
    "note": "check this",
    "origin": "imported",
}
SAME_PLACE = SPEAKER | {"id": "s0", "label": "Cue"}
RELATION = {"id": "r1", "label": "attributed-to", "from": "s2", "to": "s1"}
RECORD = {
    "spans": [CLAIM, SPEAKER, SAME_PLACE],
    "relations": [RELATION],
    "revision": 3,
    "state": "submitted",
    "schema_version": 1,
    "guideline_version": 2,
}


def test_document_line_has_all_sets_and_covered_text():
    line = document_line(DOCUMENT, {"B": RECORD, "A": {"spans": [], "relations": []}})

    read = json.loads(line)
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert {key: read[key] for key in DOCUMENT} == DOCUMENT
    assert read["annotators"]["A"] == {"spans": [], "relations": []}
    assert read["annotators"]["B"]["spans"][2] == CLAIM | {"text": ["🙂 denied", "it"]}
    assert read["annotators"]["B"]["revision"] == 3


def test_set_line_has_one_set_and_its_document():
    read = json.loads(set_line(DOCUMENT, "A", RECORD))

    assert read["annotator"] == "A"
    assert [span["id"] for span in read["spans"]] == ["s0", "s1", "s2"]
    assert read["relations"] == [RELATION]
    assert (read["state"], read["schema_version"], read["guideline_version"]) == ("submitted", 1, 2)
    assert "annotators" not in read


def test_order_of_data_does_not_change_the_bytes():
    lines = {
        document_line(dict(reversed(DOCUMENT.items())), {"A": RECORD | {"spans": spans}})
        for spans in permutations(RECORD["spans"])
    }
    assert len(lines) == 1


def test_every_fragment_matches_its_text():
    for span in json.loads(document_line(DOCUMENT, {"A": RECORD}))["annotators"]["A"]["spans"]:
        assert [TEXT[start:end] for start, end in span["fragments"]] == span["text"]


def test_empty_note_is_left_out():
    spans = json.loads(set_line(DOCUMENT, "A", RECORD))["spans"]
    assert ["note" in span for span in spans] == [False, False, True]
