"""The examples in the docstrings of the measures run as they stand."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from annotator.agreement import measures

MODULES = sorted(path.stem for path in Path(measures.__path__[0]).glob("[a-z]*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    module = import_module(f"annotator.agreement.measures.{name}")

    assert doctest.testmod(module).failed == 0


def test_there_are_examples():
    with_examples = [
        name
        for name in MODULES
        if any(test.examples for test in doctest.DocTestFinder().find(import_module(f"{measures.__name__}.{name}")))
    ]

    assert {"alignment", "bootstrap", "cohen", "columns", "dawid_skene", "gamma", "segmentation"} <= set(with_examples)
