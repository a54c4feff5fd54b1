"""Every training format has a page with a real row, and its snippets run."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from annotator.datasets.training.registry import SOFT_LABELS, TRAINING_FORMATS
from tests.training import EXAMPLE, SECOND, entry, rows

PAGES = Path(settings.BASE_DIR) / "docs/reference/formats"
RELATIONS = {"A": [("attributed-to", "s3", "s1"), ("hedges", "s2", "s3")]}


def example(key):
    """Return the row that the page of a format shows."""
    marked = [EXAMPLE, SECOND] if key == SOFT_LABELS else [EXAMPLE]
    return rows(key, entry(*marked, relations=RELATIONS), guideline="# Rules")[0][0]


@pytest.mark.parametrize("key", TRAINING_FORMATS)
def test_page_of_a_format_shows_a_real_row(key):
    page = (PAGES / f"{key}.md").read_text("utf-8")

    (shown,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert json.loads(shown) == example(key)
    assert f"`--format {key}`" in page
    assert f"]({key}.md)" in (PAGES / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("key", "file"), [("span-ner", "spans.jsonl"), ("seq2seq", "seq2seq.jsonl")])
def test_check_of_the_page_runs_on_real_rows(key, file, tmp_path, monkeypatch):
    snippet = re.search(r"```python\n(.*?)```", (PAGES / f"{key}.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / file).write_text(json.dumps(example(key)) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names = {}

    exec(snippet[1], names)

    assert names["row"]["document"] == "d1"
