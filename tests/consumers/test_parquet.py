"""Rows for Hugging Face as Parquet, with pyarrow and datasets."""

import io

import pyarrow
import pytest
from hypothesis import given, settings
from pyarrow import parquet as arrow

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.parquet import read as parquet_read
from annotator.formats.parquet import write as parquet_write
from annotator.formats.parquet.write import row_schema
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read, read_one, span, spans_of, write

pytestmark = pytest.mark.consumers


def table(**columns):
    """The bytes of a file with these columns."""
    file = io.BytesIO()
    arrow.write_table(pyarrow.table(columns), file)
    return file.getvalue()


@given(corpora())
@settings(max_examples=examples(40), deadline=None)
def test_written_files_are_read_unchanged(documents):
    assert assert_carried("parquet", documents, ids=True).all == []


def test_rows_are_grouped_and_bytes_are_stable(monkeypatch):
    monkeypatch.setattr(parquet_write, "ROWS_A_GROUP", 3)
    documents = [entry(f"{number} no", {"ada": {}, "ben": {}}, id=f"d{number}", meta={"n": 1}) for number in range(4)]
    files, _ = write("parquet", documents)
    assert arrow.ParquetFile(io.BytesIO(files[""])).metadata.num_row_groups == 3
    assert write("parquet", documents)[0] == files
    assert {arrival.document.external_id for arrival in read("parquet", files[""])} == {"d0", "d1", "d2", "d3"}


def test_empty_export_has_every_column():
    files, _ = write("parquet", [])
    assert arrow.read_schema(io.BytesIO(files[""])).names == row_schema().names
    assert detect_format(Head("noname", files[""])) == "parquet"


def test_table_of_another_tool_is_read():
    row = {"text": ["No, Ada."], "spans": [[{"start": 4, "end": 7, "label": "PER"}]], "other": [3]}
    assert spans_of(read_one("parquet", table(**row))) == [("PER", [[4, 7]])]


@pytest.mark.parametrize("row", [{"text": [None]}, {"other": [3]}, {"text": [b"no"]}, {"text": [3]}])
def test_row_without_text_is_reported(row):
    assert "neither text nor tokens" in read_one("parquet", table(**row)).problems[0]


def test_too_large_row_group_is_refused(monkeypatch):
    monkeypatch.setattr(parquet_read, "MOST_GROUP_BYTES", 100)
    with pytest.raises(UnreadableFile, match="smaller groups"):
        read("parquet", table(text=["no " * 100]))


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1" + b"x" * 50 + b"PAR1", table(text=["no"])[:-20], b""])
def test_invalid_parquet_is_refused(data):
    with pytest.raises(UnreadableFile, match="is not a readable Parquet"):
        read("parquet", data)


def test_spans_keep_what_they_have():
    spans = [span("s1", "Claim", (0, 2), (3, 5), attributes={"b": "x", "a": "y"}, note="sure", origin="imported")]
    (row,) = arrow.read_table(
        io.BytesIO(write("parquet", [entry("No no", {"ada": {"spans": spans}})])[0][""])
    ).to_pylist()
    (one,) = row["spans"]
    assert (one["fragments"], one["text"], one["origin"]) == ([[0, 2], [3, 5]], ["No", "no"], "imported")
    assert one["attributes"] == [{"name": "a", "value": "y"}, {"name": "b", "value": "x"}]
