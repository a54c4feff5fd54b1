"""The reader of schema definitions: defaults, errors and their pointers."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.problems import FieldError, InvalidInput
from projects.schema import Schema
from projects.schema_reader import PALETTE, read_schema
from tests.conftest import SCHEMA

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4),
    max_leaves=20,
)
KEYS = sorted(
    {"labels", "relations", "nesting", "boundaries", "lint", "id", "name", "attributes", "choices", "hotkey", "from"}
)


def with_label(**fields: Any) -> dict[str, Any]:
    return {"labels": [{"id": "A"} | fields, {"id": "B"}]}


def outcome(definition: object) -> tuple[Schema | None, list[FieldError]]:
    try:
        return read_schema(definition), []
    except InvalidInput as problem:
        return None, problem.errors


def pointers_of(definition: object) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_schema(definition)
    assert str(caught.value.errors[0]["detail"]) in caught.value.detail
    return [error["pointer"] for error in caught.value.errors]


def test_the_built_in_schema_is_complete() -> None:
    schema = read_schema(SCHEMA)

    assert list(schema.labels) == ["Claim", "Speaker", "Denial", "Hedge", "Cue"]
    assert schema.labels["Cue"].optional
    assert schema.relations["restates"].cardinality == "many-to-one"
    assert schema.relations["defers-to"].from_attribute == {"kind": ("deflection",)}
    assert not schema.nesting.crossing
    assert schema.nesting.may_contain["Speaker"] == ()
    assert schema.boundaries.balanced_pairs[0] == "“”"
    assert len(schema.lint) == 15


def test_the_minimal_schema_is_completed() -> None:
    schema = read_schema({"labels": [{"id": "Person"}]})

    assert schema.definition["labels"] == [
        {
            "id": "Person",
            "name": "Person",
            "description": "",
            "color": PALETTE[0],
            "hotkey": "1",
            "optional": False,
            "discontinuous": False,
            "attributes": [],
        }
    ]
    assert schema.nesting.crossing
    assert schema.boundaries.trim_whitespace


def test_free_digits_become_hotkeys() -> None:
    schema = read_schema(
        {
            "labels": [{"id": "A"}, {"id": "B", "hotkey": "1"}, {"id": "C"}, {"id": "D", "hotkey": ""}],
            "relations": [{"id": "r", "hotkey": "2"}],
        }
    )

    assert {label.id: label.hotkey for label in schema.labels.values()} == {"A": "3", "B": "1", "C": "4", "D": ""}


def test_a_relation_connects_all_labels_by_default() -> None:
    schema = read_schema({"labels": [{"id": "A"}, {"id": "B"}], "relations": [{"id": "r"}]})

    assert schema.relations["r"].from_labels == schema.relations["r"].to_labels == ("A", "B")


def test_unknown_members_are_kept() -> None:
    definition = {"labels": [{"id": "A", "note": {"deep": [1]}}], "licence": "CC0"}

    completed = read_schema(definition).definition

    assert completed["licence"] == "CC0"
    assert completed["labels"][0]["note"] == {"deep": [1]}


def test_the_argument_is_not_changed() -> None:
    definition = {"labels": [{"id": "A"}]}

    read_schema(definition)

    assert definition == {"labels": [{"id": "A"}]}


def test_a_completed_definition_is_stable() -> None:
    once = read_schema(SCHEMA)
    twice = read_schema(once.definition)

    assert (twice, twice.definition) == (once, once.definition)


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ([], [""]),
        ({}, ["/labels"]),
        ({"labels": []}, ["/labels"]),
        ({"labels": {}}, ["/labels", "/labels"]),
        ({"labels": ["A"]}, ["/labels/0"]),
        ({"labels": [{"id": " a"}]}, ["/labels/0/id"]),
        ({"labels": [{"id": "a\tb"}]}, ["/labels/0/id"]),
        ({"labels": [{"id": "x" * 65}]}, ["/labels/0/id"]),
        ({"labels": [{"id": "A"}, {"id": "A"}]}, ["/labels/1/id"]),
        ({"labels": [{"id": f"L{n}"} for n in range(2_001)]}, ["/labels"]),
        (with_label(color="red"), ["/labels/0/color"]),
        (with_label(color="#12345G"), ["/labels/0/color"]),
        (with_label(color="#123456; background: url(x)"), ["/labels/0/color"]),
        (with_label(hotkey="ab"), ["/labels/0/hotkey"]),
        (with_label(hotkey=" "), ["/labels/0/hotkey"]),
        (with_label(hotkey="\u200b"), ["/labels/0/hotkey"]),
        (with_label(name=7), ["/labels/0/name"]),
        (with_label(name=" "), ["/labels/0/name"]),
        (with_label(name="x" * 101), ["/labels/0/name"]),
        (with_label(optional="yes"), ["/labels/0/optional"]),
        (with_label(default_end="line"), ["/labels/0/default_end"]),
        (with_label(attributes=[{"id": "k", "type": "choice"}]), ["/labels/0/attributes/0/choices"]),
        (with_label(attributes=[{"id": "k", "type": "date"}]), ["/labels/0/attributes/0/type"]),
        (
            with_label(attributes=[{"id": "k", "choices": [{"id": "a"}], "default": "b"}]),
            ["/labels/0/attributes/0/default"],
        ),
        (
            with_label(attributes=[{"id": "k", "type": "text", "choices": [{"id": "a"}]}]),
            ["/labels/0/attributes/0/choices"],
        ),
        (
            with_label(attributes=[{"id": "k", "choices": [{"id": "a"}, {"id": "a"}]}]),
            ["/labels/0/attributes/0/choices/1/id"],
        ),
        (with_label() | {"relations": [{"id": "r", "from": ["C"]}]}, ["/relations/0/from"]),
        (with_label() | {"relations": [{"id": "r", "to": "A"}]}, ["/relations/0/to"]),
        (with_label() | {"relations": [{"id": "r", "cardinality": "some"}]}, ["/relations/0/cardinality"]),
        (
            with_label() | {"relations": [{"id": "r", "from_attribute": {"kind": ["x"]}}]},
            ["/relations/0/from_attribute/kind"],
        ),
        (
            with_label(attributes=[{"id": "k", "choices": [{"id": "a"}]}])
            | {"relations": [{"id": "r", "from_attribute": {"k": ["b"]}}]},
            ["/relations/0/from_attribute/k"],
        ),
        (with_label() | {"nesting": {"crossing": "never"}}, ["/nesting/crossing"]),
        (with_label() | {"nesting": {"may_contain": {"C": []}}}, ["/nesting/may_contain/C"]),
        (with_label() | {"nesting": {"may_contain": {"A": ["C"]}}}, ["/nesting/may_contain/A"]),
        (with_label() | {"nesting": {"max_same_label_depth": 0}}, ["/nesting/max_same_label_depth"]),
        (with_label() | {"nesting": {"max_same_label_depth": True}}, ["/nesting/max_same_label_depth"]),
        (with_label() | {"nesting": 5}, ["/nesting"]),
        (with_label() | {"boundaries": {"balanced_pairs": ["("]}}, ["/boundaries/balanced_pairs"]),
        (with_label() | {"boundaries": {"trim_trailing": [1]}}, ["/boundaries/trim_trailing"]),
        (with_label() | {"lint": [{"id": "x", "severity": "fatal"}]}, ["/lint/0/severity"]),
        (with_label(note="\0"), ["/labels/0/note"]),
        (with_label(note="\ud800"), ["/labels/0/note"]),
        (with_label(note=float("nan")), ["/labels/0/note"]),
        (with_label(note=float("inf")), ["/labels/0/note"]),
        (with_label(note=2**60), ["/labels/0/note"]),
    ],
)
def test_each_error_has_its_pointer(definition: object, expected: list[str]) -> None:
    assert pointers_of(definition) == expected


def test_all_errors_are_reported_together() -> None:
    definition = {"labels": [{"id": "", "color": "red"}], "relations": [{"id": "r", "to": ["B"]}]}

    assert pointers_of(definition) == ["/labels/0/id", "/labels/0/color", "/relations/0/to"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda schema: schema["labels"][1].update(hotkey="1"), "/labels/1/hotkey"),
        (lambda schema: schema["relations"][0].update(hotkey="3"), "/relations/0/hotkey"),
        (
            lambda schema: schema["labels"][0]["attributes"][0]["choices"][0].update(hotkey="a"),
            "/labels/0/attributes/0/choices/0/hotkey",
        ),
        (
            lambda schema: schema["labels"][0]["attributes"][1]["choices"][0].update(hotkey="d"),
            "/labels/0/attributes/1/choices/0/hotkey",
        ),
    ],
)
def test_duplicate_hotkeys_are_refused(change: Any, pointer: str) -> None:
    definition = copy.deepcopy(SCHEMA)
    change(definition)

    assert pointers_of(definition) == [pointer]


def test_labels_may_share_hotkeys_of_choices() -> None:
    attributes = [{"id": "k", "choices": [{"id": "a", "hotkey": "q"}]}]
    schema = read_schema({"labels": [{"id": "A", "attributes": attributes}, {"id": "B", "attributes": attributes}]})

    assert schema.labels["B"].attributes["k"].choices["a"].hotkey == "q"


def test_deep_and_large_definitions_are_refused() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    assert pointers_of(with_label(note=deep))[0].startswith("/labels/0/note/0")
    with pytest.raises(InvalidInput, match="larger than 4096 KB"):
        read_schema(with_label(note="x" * 5_000_000))


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON_VALUES))
    | st.builds(
        lambda label, rest: {**rest, "labels": [label]},
        st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON_VALUES)),
        st.fixed_dictionaries({}, optional=dict.fromkeys([key for key in KEYS if key != "labels"], JSON_VALUES)),
    )
)
def test_any_json_is_either_read_or_refused(definition: Any) -> None:
    schema, errors = outcome(definition)

    assert (schema is None) == bool(errors)
    if schema is not None:
        assert read_schema(json.loads(json.dumps(schema.definition))) == schema
