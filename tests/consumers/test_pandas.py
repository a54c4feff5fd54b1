"""pandas reads our CSV: each row has its text, offsets are whole numbers, and what pandas writes again comes back."""

import io

import pandas as pd
import pytest

from tests.formats import entry, read, span, spans_of, write

pytestmark = pytest.mark.consumers
DOCUMENTS = [
    entry("🙂 Ada said\nno; “yes”.", {"ada": {"spans": [
        span("s1", "Claim", (11, 13), attributes={"kind": "fact"}), span("s2", "Speaker", (2, 5), (6, 10)),
    ]}}, id="d1"),
    entry("Nobody here.", {"ada": {}}, id="d2"),
]  # fmt: skip


def table():
    """Our CSV as pandas reads it without any option."""
    return pd.read_csv(io.BytesIO(write("csv", DOCUMENTS)[0][""]))


def test_every_row_has_its_text_and_whole_offsets():
    rows = table()
    assert (rows["start"].dtype, rows["end"].dtype) == ("int64", "int64")
    assert rows["text"].notna().all()
    spans = rows[rows["label"].notna()]
    covered = [text[start:end] for text, start, end in zip(spans["text"], spans["start"], spans["end"], strict=True)]
    assert covered == list(spans["covered"])
    assert sorted(covered) == ["Ada", "no", "said"]


def test_table_that_pandas_wrote_again_comes_back():
    first, second = read("csv", table().astype({"start": "float", "end": "float"}).to_csv(index=False).encode())
    assert spans_of(first, "ada") == [("Claim", [[11, 13]]), ("Speaker", [[2, 5], [6, 10]])]
    assert (second.document.text, spans_of(second, "ada")) == ("Nobody here.", [])
