"""The changes that a lead sees before publishing a schema."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from projects.schema_differences import differences
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA

Change = Callable[[dict[str, Any]], object]


def told(change: Change) -> list[tuple[str, bool]]:
    changed = copy.deepcopy(SCHEMA)
    change(changed)
    return [(each.text, each.harm) for each in differences(read_schema(SCHEMA), read_schema(changed))]


def test_equal_schemas_have_no_changes() -> None:
    assert told(lambda schema: None) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda schema: schema["labels"].append({"id": "Topic"}), ("Label “Topic” is added.", False)),
        (
            lambda schema: schema["labels"][0].update(hotkey="9"),
            ("Label “Claim”: hotkey changes from “1” to “9”.", False),
        ),
        (
            lambda schema: schema["labels"][4].update(optional=False),
            ("Label “Cue”: optional changes from yes to no.", False),
        ),
        (
            lambda schema: schema["labels"][0].update(discontinuous=False),
            ("Label “Claim”: spans must have one fragment.", True),
        ),
        (
            lambda schema: schema["labels"][1].update(discontinuous=True),
            ("Label “Speaker”: spans may have several fragments.", False),
        ),
        (
            lambda schema: schema["labels"][1]["attributes"].pop(),
            ("Label “Speaker”: attribute “canonical” is removed.", True),
        ),
        (
            lambda schema: schema["labels"][0]["attributes"][2]["choices"].pop(),
            ("Label “Claim”: attribute “kind”: choice “evaluation” is removed.", True),
        ),
        (
            lambda schema: schema["labels"][1]["attributes"][2].update(type="text"),
            ("Label “Speaker”: attribute “canonical”: type changes from “registry” to “text”.", True),
        ),
        (lambda schema: schema["relations"].pop(), ("Relation “signals” is removed.", True)),
        (
            lambda schema: schema["relations"][0]["from"].append("Cue"),
            ("Relation “attributed-to” may also start at “Cue”.", False),
        ),
        (
            lambda schema: schema["relations"][1]["to"].remove("Denial"),
            ("Relation “denies” may no longer end at “Denial”.", True),
        ),
        (lambda schema: schema["labels"].reverse(), ("The order of the labels changes.", False)),
        (lambda schema: schema["lint"].pop(), ("The rules under “lint” change.", False)),
        (
            lambda schema: schema["labels"][0].update(description="Other words."),
            ("Only descriptions or notes change.", False),
        ),
    ],
)
def test_each_change_is_a_sentence(change: Change, expected: tuple[str, bool]) -> None:
    assert told(change) == [expected]


def test_a_removed_label_is_a_restriction() -> None:
    def remove_cue(schema: dict[str, Any]) -> None:
        schema["labels"].pop()
        schema["relations"].pop()
        schema["nesting"] = {}

    assert ("Label “Cue” is removed.", True) in told(remove_cue)
