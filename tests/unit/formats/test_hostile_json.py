"""Lone surrogates and deep nesting in JSON of every format: refused in words, not by an error of Python."""

import pytest

from annotator.formats.registry import FORMATS
from annotator.problems import Problem
from tests.formats import read

HALF = '{"text": "a\\ud800b", "label": [[0, 1, "Claim"]], "data": {"text": "a\\ud800b"}, "spans": [], "entities": []}'
PAIR = '{"text": "a\\ud83d\\ude42b", "label": [[0, 1, "Claim"]]}'
DEEP = '{"text": "Ada said.", "annotations": ' + "[" * 100_000


@pytest.mark.parametrize("key", ["doccano", "label-studio", "prodigy", "huggingface", "spacy"])
def test_half_a_surrogate_pair_is_refused_with_its_line(key):
    with pytest.raises(Problem) as refused:
        read(key, f"{{}}\n{HALF}\n".encode())

    assert "Line 2" in refused.value.detail
    assert "half a surrogate pair" in refused.value.detail


def test_surrogate_pair_of_an_escaped_character_is_read():
    (arrival,) = read("doccano", PAIR.encode())

    assert arrival.document.text == "a🙂b"


@pytest.mark.parametrize(
    "key", [key for key, recipe in FORMATS.items() if recipe.read and "json" in "".join(recipe.endings)]
)
def test_deep_nesting_is_refused(key):
    if FORMATS[key].needs_archive or FORMATS[key].needs:
        return
    with pytest.raises(Problem):
        read(key, DEEP.encode())


def test_half_a_surrogate_pair_within_an_object_of_training_data_is_refused():
    data = rb'{"annotations": [["a\ud800b", {"entities": []}], ["Ada.", {"entities": []}]]}'

    bad, good = read("spacy-training", data)

    assert "half a surrogate pair" in bad.problems[0]
    assert good.document.text == "Ada."
