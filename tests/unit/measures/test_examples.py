"""Every public function of the measures has an example, and the examples run as they stand."""

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from annotator import measures

MODULES = sorted(path.stem for path in Path(measures.__path__[0]).glob("[a-z]*.py"))


def functions_of(name):
    module = import_module(f"{measures.__name__}.{name}")
    found = inspect.getmembers(module, inspect.isfunction)
    return [function for own, function in found if not own.startswith("_") and function.__module__ == module.__name__]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    module = import_module(f"{measures.__name__}.{name}")

    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_has_an_example(name):
    missing = [each.__name__ for each in functions_of(name) if ">>>" not in (inspect.getdoc(each) or "")]

    assert missing == []


def test_there_are_functions_to_look_at():
    assert len([function for name in MODULES for function in functions_of(name)]) > 70
