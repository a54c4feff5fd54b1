"""CSV and TSV."""

import csv
import io

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read, read_one, relation, span, spans_of, write


@pytest.mark.parametrize("key", ["csv", "tsv"])
@given(documents=corpora(relations=False))
@settings(max_examples=examples(40))
def test_written_files_are_read_unchanged(key, documents):
    assert assert_carried(key, documents, ids=True).all == []


@pytest.mark.parametrize("key", ["csv", "tsv"])
def test_escaped_formulas_are_read_unchanged(key):
    text = "=HYPERLINK(0) '=1+1"
    spans = [
        span("s1", "Claim", (0, 4), note="'=2"),
        span("s2", "Claim", (14, 19), note="@you", attributes={"kind": "x"}),
    ]
    documents = [entry(text, {"-ada": {"spans": spans}}, title="\uff0btitle"), entry("'tis", {"ada": {}}, id="'-1")]
    files, _ = write(key, documents, escape_formulas=True)

    rows = list(csv.reader(io.StringIO(files[""].decode(), newline=""), delimiter="," if key == "csv" else "\t"))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "-", "\uff0b"))]
    first, second = (result.document for result in read(key, files[""]))
    assert (first.text, first.title, first.meta) == (text, "\uff0btitle", {})
    assert [(item["note"], item["fragments"]) for item in first.sets["-ada"].spans] == [
        ("'=2", [[0, 4]]),
        ("@you", [[14, 19]]),
    ]
    assert (second.text, second.external_id) == ("'tis", "'-1")


def test_apostrophes_of_others_are_kept():
    assert read_one("csv", b"text,formulas\n'=1,yes\n").document.text == "'=1"


def test_other_columns_of_a_table_become_meta():
    arrivals = read("csv", b'body,source\r\n"One,\ntwo.",wire\r\nThree.,\r\n', fields={"text": "body"})
    assert [(one.document.external_id, one.document.text, one.document.meta) for one in arrivals] == [
        ("file-1", "One,\ntwo.", {"source": "wire"}), ("file-2", "Three.", {}),
    ]  # fmt: skip
    assert [one.document.sets for one in arrivals] == [{}, {}]


def test_rows_with_the_same_text_are_one_document():
    data = "id;text;start;end;label\n1;🙂 Ada said;3;6;PER\n1;🙂 Ada said;7;11;SAY\n2;No.;;;\n"
    first, second = read("csv", data.encode(), options={"offsets": "utf-16", "annotator": "gold"})
    assert spans_of(first, "gold") == [("PER", [[2, 5]]), ("SAY", [[6, 10]])]
    assert second.document.sets == {}


def test_relations_are_lost_and_metadata_kept():
    work = {
        "spans": [span("a", "Claim", (0, 2)), span("b", "Speaker", (3, 5))],
        "relations": [relation("r", "x", "a", "b")],
    }
    files, losses = write("csv", [entry("No no", {"ada": work}, title="T", meta={"n": [1]})])
    assert losses.what == {"relation"}
    assert (read_one("csv", files[""]).document.title, read_one("csv", files[""]).document.meta) == ("T", {"n": [1]})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,No.,0,9,X", "outside the text"),
        ("1,No.,a,9,X", "must be whole numbers"),
        ("1,No.,,,X", "has a label or words, but no start and end"),
        ("1,,0,1,X", "must have its text"),
    ],
)
def test_errors_are_reported(row, words):
    assert words in read_one("csv", f"id,text,start,end,label\n{row}\n".encode()).problems[0]


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"text,x\na,b,c\n", b'text\n"open\n', b'text\n"a"b\n'])
def test_invalid_table_is_refused(data):
    with pytest.raises(UnreadableFile):
        read("csv", data)


def test_format_is_detected_by_its_content():
    assert detect_format(Head("x.csv", b"id,text\n")) == "csv"
    assert detect_format(Head("x.tsv", b"id\ttext\n")) == "tsv"


@pytest.mark.parametrize(("dialect", "key"), [("excel", "csv"), ("excel-tab", "tsv"), ("unix", "csv")])
def test_tables_of_python_csv_are_read(dialect, key):
    file = io.StringIO(newline="")
    writer = csv.writer(file, dialect)
    writer.writerows([["id", "text", "start", "end", "label"], ["one", '🙂 "Ada"\r\nsaid; no,\tyes', 3, 6, "Speaker"]])
    arrival = read_one(key, file.getvalue().encode())
    assert arrival.document.text == '🙂 "Ada"\r\nsaid; no,\tyes'
    assert spans_of(arrival) == [("Speaker", [[3, 6]])]


@pytest.mark.parametrize("offset", ["0", "0.0"])
def test_offsets_are_whole_numbers_for_sets_without_spans(offset):
    files, _ = write("csv", [entry("Ada left.", {"ann": {}})])
    (row,) = csv.DictReader(io.StringIO(files[""].decode(), newline=""))
    assert (row["annotator"], row["start"], row["end"], row["label"]) == ("ann", "0", "0", "")

    arrival = read_one("csv", files[""].replace(b",0,0,", f",{offset},{offset},".encode()))
    assert (arrival.problems, arrival.document.sets["ann"].spans) == ((), [])


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (",,,Ada,", "Row 2 has a label or words, but no start and end. Labels of whole texts cannot be imported."),
        (",3,,,", "Row 2: start and end must be whole numbers, attributes must be a JSON object."),
        ('0,3,PER,Ada,"[""x""]"', "Row 2: start and end must be whole numbers, attributes must be a JSON object."),
    ],
)
def test_row_that_is_not_a_whole_span_is_refused(cells, problem):
    table = f"id,text,start,end,label,covered,attributes\n1,Ada said,{cells}\n".encode()
    assert read_one("csv", table).problems == (f"imported: {problem}",)


def test_span_without_label_is_left_out():
    arrival = read_one("csv", b"id,text,start,end,label\n1,Ada said,0,3,\n1,Ada said,4,8,Cue\n")

    assert spans_of(arrival) == [("Cue", [[4, 8]])]
    assert arrival.notes == ("imported: Row 2 was left out: its span has no label.",)
