"""The original file of a text, as a member of a line of JSONL."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.formats.incoming import IncomingDocument, IncomingOriginal, Source, read_original
from annotator.formats.jsonl.read import read_jsonl
from annotator.imports.run.conversion import line_of
from annotator.text.digest import text_digest

NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@given(NAMES, NAMES, st.binary(max_size=200))
def test_written_files_are_read_unchanged(name, media_type, data):
    original = IncomingOriginal(name, media_type, data)
    document = IncomingDocument("one", "", "No.", text_digest("No."), original=original)
    (line,) = read_jsonl(io.BytesIO(line_of(document)), Source("news"))
    assert line.document.original == original


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("page", "must be an object"),
        ({"name": "a", "type": "b"}, "must be an object"),
        ({"name": "a", "type": "b", "base64": "", "more": 1}, "must be an object"),
        ({"name": "a\nb", "type": "b", "base64": ""}, "printable"),
        ({"name": "", "type": "b", "base64": ""}, "1 to 200"),
        ({"name": "a", "type": "b" * 101, "base64": ""}, "1 to 100"),
        ({"name": "a", "type": "b", "base64": "?"}, "base64"),
        ({"name": "a", "type": "b", "base64": 3}, "base64"),
        ({"name": "a", "type": "b", "base64": "é"}, "base64"),
        ({"name": "a", "type": "b", "base64": "AAAA" * 1_700_000}, "larger than 5,000,000 bytes"),
    ],
)
def test_invalid_original_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        read_original(given)


def test_bad_original_refuses_the_line():
    data = json.dumps({"text": "No.", "original": {}}).encode()
    (line,) = read_jsonl(io.BytesIO(data), Source("news"))
    assert (line.document, line.problems[0].pointer) == (None, "/original")
