"""Hugging Face `datasets` loads every training format as one table, however late a column is filled."""

import pytest
from datasets import load_dataset

from annotator.datasets.training.registry import RELATION_PAIRS, TRAINING_FORMATS
from annotator.formats.outgoing import ExportContext
from tests.training import SCHEMA, KeptLosses, entry

pytestmark = pytest.mark.consumers
BARE = "Ada said it may rain. " * 40
MARKED = "Ada[Speaker] said [it [may](Hedge) rain](Claim kind=prediction). Rome[Place] burns."
TIED = {"A": [("hedges", "s2", "s3")]}


def lines(key):
    """Rows with one attribute, more than are looked at to tell the columns, then one with other names and labels."""
    plain = entry("[Ada B.](Speaker canonical=Ada) said [so](Claim kind=fact).")
    documents = [plain, *[plain if key == RELATION_PAIRS else entry(BARE)] * 200, entry(MARKED, relations=TIED)]
    return b"".join(data for _, data in TRAINING_FORMATS[key].write(documents, ExportContext(SCHEMA, KeptLosses())))


@pytest.mark.parametrize("key", TRAINING_FORMATS)
def test_every_training_format_is_one_table(key, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(lines(key))

    rows = load_dataset("json", data_files=str(path), cache_dir=str(tmp_path / "cache"), chunksize=20_000)["train"]

    assert rows.num_rows == path.read_bytes().count(b"\n")
    assert rows[0]["document"] == "d1"
    assert rows[rows.num_rows - 1].keys() == rows[0].keys()
