"""JSONL records with other fields than ours."""

import io
import json

import pytest

from annotator.formats.incoming import IncomingFiles, UnreadableFile
from annotator.formats.json_files import iterate_elements
from annotator.formats.jsonl.custom_records import read_records
from annotator.formats.span_locations import REMEDY


def read(record, **choices):
    data = json.dumps(record).encode()
    (arrival,) = read_records(IncomingFiles("a.jsonl", "a", {"a.jsonl": lambda: io.BytesIO(data)}, options=choices))
    return arrival


@pytest.mark.parametrize("member", ["text", "covered"])
def test_offsets_are_compared_with_the_covered_text(member):
    span = {"start": 9, "end": 12, "label": "Speaker", member: "Ada"}
    arrival = read({"text": "Café “Ada”, Ada", "spans": [span]})
    (made,) = arrival.document.sets["imported"].spans
    assert made["fragments"] == [[6, 9]]
    assert arrival.notes == (
        "Span 1 (“Speaker”) “Ada”: offsets 9 to 12 were wrong (they count UTF-8 bytes) and were corrected to 6 to 9.",
    )


def test_missing_covered_text_is_a_problem():
    arrival = read({"text": "Ada left.", "spans": [{"start": 0, "end": 3, "label": "Speaker", "text": "Ben"}]})
    assert arrival.problems == (f"Span 1 (“Speaker”): offsets 0 to 3 cover “Ada”, not “Ben”. {REMEDY}",)


def test_too_long_element_is_refused():
    with pytest.raises(UnreadableFile, match="Element 2 is longer than 20 characters"):
        list(iterate_elements(io.BytesIO(b'["a", "' + b"b" * 30 + b'", "c"]'), longest=20))
