"""The page for developers is followed word for word: its module, its registry line and its test work."""

import re
import sys
import types
from pathlib import Path

import pytest
from django.conf import settings

from annotator.datasets.training import registry

PAGE = (Path(settings.BASE_DIR) / "docs/developers/adding-a-training-format.md").read_text("utf-8")
MODULE, LINE, TEST = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
PACKAGE = "annotator.datasets.training"


@pytest.fixture
def word_lists(monkeypatch):
    """The module of the page, registered as the page says."""
    module = types.ModuleType(f"{PACKAGE}.word_lists")
    exec(compile(MODULE, "word_lists.py", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    line = eval(f"{{{LINE}}}", {"word_lists": module})
    for key, training_format in line.items():
        monkeypatch.setitem(registry.TRAINING_FORMATS, key, training_format)
    return module


def test_example_of_page_passes_its_own_test(word_lists):
    names: dict[str, object] = {}
    exec(compile(TEST, "test_word_lists.py", "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_")]

    for test in tests:
        test()

    assert len(tests) == 1


def test_page_names_files_that_exist():
    for path in re.findall(r"`((?:annotator|docs|tests)/[\w/.-]+)`", PAGE):
        if "word_lists" not in path and "word-lists" not in path:
            assert (Path(settings.BASE_DIR) / path).exists(), path


def test_example_passes_the_checks_of_all_formats(word_lists):
    from tests.training import entry, rows

    documents = [entry("[Ada](Speaker) and [Bo](Speaker)."), entry("Nothing.")]
    made, losses = rows("word-lists", *documents)

    assert len({tuple(row) for row in made}) == 1
    assert losses.lost == []
