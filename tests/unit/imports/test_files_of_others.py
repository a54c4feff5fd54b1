"""Files written by the tools of the formats are detected and imported."""

import io
import zipfile
from pathlib import Path

import pytest

from annotator.formats.registry import detect_format
from annotator.imports.options import ARCHIVE, ImportOptions
from annotator.imports.run.conversion import head_of, read_documents
from tests.formats import spans_of

FILES = Path(__file__).parents[2] / "data" / "formats"
EMOJI = "🙂 Ada said no. Ben agreed."
MIXED = "🙂 Ada said\r\n“no”, שלום 👩🏽‍🔬 & <b>, and étude.\nBen agreed."
# Of the two annotations that both tools were given.
BY_ADA = [("Claim", [[12, 16]]), ("Claim", [[39, 44]]), ("Speaker", [[2, 5]]), ("Speaker", [[46, 49]])]
extra = pytest.mark.consumers


@pytest.mark.parametrize(
    ("name", "key", "annotator", "text", "spans"),
    [
        ("spacy.jsonl", "spacy", "ents", EMOJI, [("PERSON", [[2, 5]])]),
        ("spacy.jsonl", "spacy", "sc", EMOJI, [("SAY", [[6, 13]])]),
        ("cassis.xmi", "uima", "uima", "🙂 Ada said\r\nno", [("PER", [[2, 5]])]),
        ("datasets.jsonl", "huggingface", "datasets", "Ada said no.", [("PER", [[0, 3]]), ("X", [[9, 11]])]),
        ("doccano.jsonl", "doccano", "ada", MIXED, BY_ADA),
        ("doccano-relations.jsonl", "doccano", "ada", MIXED, BY_ADA),
        ("label-studio.json", "label-studio", "ada", MIXED, BY_ADA),
        ("label-studio.json", "label-studio", "ben", MIXED, [("Claim", [[6, 10]])]),
        ("label-studio-min.json", "label-studio", "annotator-1", MIXED, [("Claim", [[6, 10]])]),
        pytest.param("ents.spacy", "docbin", "sc", "Ada said no. Ben agreed.", [("SAY", [[4, 11]])], marks=extra),
        pytest.param("ents.spacy", "docbin", "ents", "Ada said no. Ben agreed.", [("PERSON", [[0, 3]])], marks=extra),
        pytest.param("datasets.parquet", "parquet", "datasets", "Ada said no .", [("PER", [[0, 3]])], marks=extra),
    ],
)
def test_file_of_a_library_is_detected_and_read(name, key, annotator, text, spans):
    path = FILES / name
    found = detect_format(head_of(lambda: path.open("rb"), name))
    first = next(read_documents(path, name, found, ImportOptions()))

    assert found == key
    assert first.document.text == text
    assert spans_of(first, annotator) == spans


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nltk.conll", ["Ada", "no way", "Ben", "Zoë"]),
        ("label-studio.conll", ["said", "Ada", "“no”", "étude.", "Ben"]),
    ],
)
def test_tagged_tokens_form_a_text(name, words):
    path = FILES / name
    assert detect_format(head_of(lambda: path.open("rb"), name)) == "conll"
    (arrival,) = read_documents(path, name, "conll", ImportOptions())
    (work,) = arrival.document.sets.values()
    assert [arrival.document.text[slice(*one["fragments"][0])] for one in work.spans] == words


@pytest.mark.parametrize("name", ["doccano-relations.jsonl", "label-studio.json"])
def test_relations_survive_another_tool(name):
    path = FILES / name
    first = next(read_documents(path, name, detect_format(head_of(lambda: path.open("rb"), name)), ImportOptions()))
    work = first.document.sets["ada"]
    word_of = {one["id"]: MIXED[slice(*one["fragments"][0])] for one in work.spans}
    found = sorted((one["label"], word_of[one["from"]], word_of[one["to"]]) for one in work.relations)
    assert found == [("said-by", "étude", "Ben"), ("said-by", "“no”", "Ada")]


def read_folder(name, tmp_path):
    """The documents of a folder as an archive brings them, by their ids."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted((FILES / name).iterdir()):
            archive.write(path, path.name)
    packed = tmp_path / "packed.zip"
    packed.write_bytes(buffer.getvalue())
    return {
        arrival.document.external_id: arrival
        for arrival in read_documents(packed, "packed.zip", ARCHIVE, ImportOptions())
    }


def test_standoff_of_another_library_is_read(tmp_path):
    arrival = read_folder("bioc", tmp_path)["bioc"]
    work = arrival.document.sets["brat"]
    assert spans_of(arrival) == [
        ("Agree", [[19, 25]]),
        ("Claim", [[28, 31], [36, 38]]),
        ("Speaker", [[2, 5]]),
        ("Speaker", [[15, 18]]),
    ]
    arrows = sorted((one["label"], one["from"], one["to"]) for one in work.relations)
    assert arrows == [("Agent", "T3", "T4"), ("Theme", "T3", "T2"), ("said-by", "T2", "T1")]
    by_id = {one["id"]: one for one in work.spans}
    assert (by_id["T2"]["attributes"], by_id["T1"]["note"]) == ({"kind": "fact"}, "sure?")


def test_rewritten_json_ld_pages_are_read(tmp_path):
    found = read_folder("pyld", tmp_path)
    assert sorted(found) == ["one", "two"]
    document = found["one"].document
    assert (document.title, document.meta) == ("Title", {"source": "x", "n": {"a": 1}})
    assert spans_of(found["one"], "ada") == BY_ADA
    assert list(found["two"].document.sets) == ["ada"]
    assert len(document.sets["ada"].relations) == 2
