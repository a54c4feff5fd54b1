"""Hugging Face `datasets` loads what we write, with splits, as one table."""

import pytest
from datasets import load_dataset

from annotator.formats.jsonl.write import set_line
from tests.formats import entry, span, write

pytestmark = pytest.mark.consumers
KINDS = {"huggingface": ("json", "jsonl"), "parquet": ("parquet", "parquet")}


def documents(first, last):
    """Documents of which some have no span, some have attributes, and one has a discontinuous span."""
    made = []
    for number in range(first, last):
        spans = [span("s1", "Claim", (2, 3), (4, 8), attributes={"kind": "fact"} if number % 2 else {})]
        sets = {"ada": {"spans": spans if number % 3 else []}, "ben": {}}
        made.append(entry(f"🙂 {number} said\r\nno.", sets, id=f"d{number}", meta={"n": number}))
    return made


@pytest.mark.parametrize("key", KINDS)
def test_splits_load_and_offsets_are_those_of_python(key, tmp_path):
    kind, ending = KINDS[key]
    files = {}
    for split, (first, last) in {"train": (0, 7), "test": (7, 10)}.items():
        files[split] = str(tmp_path / f"{split}.{ending}")
        (tmp_path / f"{split}.{ending}").write_bytes(write(key, documents(first, last))[0][""])
    loaded = load_dataset(kind, data_files=files, cache_dir=str(tmp_path / "cache"))

    assert {split: rows.num_rows for split, rows in loaded.items()} == {"train": 14, "test": 6}
    assert loaded["train"].features == loaded["test"].features
    rows = [row for split in loaded.values() for row in split]
    covered = [
        [row["text"][start:end] for start, end in one["fragments"]] == one["text"]
        for row in rows
        for one in row["spans"]
    ]
    assert covered == [True] * 6
    assert {row["annotator"] for row in rows} == {"ada", "ben"}


def test_our_own_lines_load_one_set_a_row(tmp_path):
    path = tmp_path / "news.jsonl"
    lines = [set_line(one.document, name, record) for one in documents(1, 5) for name, record in one.sets.items()]
    path.write_bytes(b"".join(lines))
    rows = load_dataset("json", data_files=str(path), cache_dir=str(tmp_path / "cache"))["train"]
    assert [(row["id"], row["annotator"], len(row["spans"])) for row in rows][:3] == [
        ("d1", "ada", 1),
        ("d1", "ben", 0),
        ("d2", "ada", 1),
    ]
    assert rows[0]["spans"][0]["text"] == ["1", "said"]
