"""Files that the libraries of the formats wrote themselves come in by their content alone."""

from pathlib import Path

import pytest

from annotator.imports.conversion import Wishes, arrivals, head_of
from annotator.interchange.formats import recognise
from tests.formats import spans_of

FILES = Path(__file__).parents[2] / "data" / "formats"


@pytest.mark.parametrize(
    ("name", "key", "annotator", "text", "spans"),
    [
        ("spacy.jsonl", "spacy", "ents", "🙂 Ada said no. Ben agreed.", [("PERSON", [[2, 5]])]),
        ("spacy.jsonl", "spacy", "sc", "🙂 Ada said no. Ben agreed.", [("SAY", [[6, 13]])]),
        ("cassis.xmi", "uima", "uima", "🙂 Ada said\r\nno", [("PER", [[2, 5]])]),
        ("datasets.jsonl", "huggingface", "datasets", "Ada said no.", [("PER", [[0, 3]]), ("X", [[9, 11]])]),
    ],
)
def test_a_file_of_a_library_is_told_and_read(name, key, annotator, text, spans):
    path = FILES / name
    found = recognise(head_of(lambda: path.open("rb"), name))
    first = next(arrivals(path, name, found, Wishes()))

    assert found == key
    assert first.document.text == text
    assert spans_of(first, annotator) == spans
