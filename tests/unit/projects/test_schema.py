"""What a schema refuses, and its hints."""

import pytest

from annotator.problems import FieldError
from projects.schema import Attribute, AttributeType, Schema
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read_schema(SCHEMA)


def pointers(errors: list[FieldError]) -> list[str]:
    return [error["pointer"] for error in errors]


def test_a_valid_span_is_allowed(schema: Schema) -> None:
    assert schema.check_span("Claim", 2, {"kind": "fact", "voice": "narrator"}) == []


def test_missing_required_attributes_are_hints(schema: Schema) -> None:
    assert schema.check_span("Claim", 1, {}) == []
    assert pointers(schema.warn_span("Claim", {"kind": "fact"})) == ["/attributes/quote_type", "/attributes/voice"]


def test_an_unknown_label_is_refused(schema: Schema) -> None:
    (error,) = schema.check_span("Person", 1, {})

    assert error["pointer"] == "/label"
    assert "“Claim”" in error["detail"]
    assert "“Person”" in error["detail"]


def test_several_fragments_are_refused_unless_allowed(schema: Schema) -> None:
    assert pointers(schema.check_span("Speaker", 2, {})) == ["/fragments"]
    assert schema.check_span("Speaker", 1, {}) == []


def test_each_attribute_error_has_a_pointer(schema: Schema) -> None:
    errors = schema.check_span("Denial", 1, {"kind": "maybe", "a/b~c": "x", "form": "reported"})

    assert pointers(errors) == ["/attributes/kind", "/attributes/a~1b~0c"]


def test_free_values_have_a_limit(schema: Schema) -> None:
    assert schema.check_span("Speaker", 1, {"canonical": "Ærø 👩‍🚒 " * 10}) == []
    assert pointers(schema.check_span("Speaker", 1, {"canonical": "x" * 501})) == ["/attributes/canonical"]


@pytest.mark.parametrize(
    ("relation", "ends", "expected"),
    [
        ("attributed-to", ("Claim", "Speaker"), []),
        ("attributed-to", ("Speaker", "Speaker"), ["/from"]),
        ("attributed-to", ("Speaker", "Claim"), ["/from", "/to"]),
        ("likes", ("Claim", "Speaker"), ["/label"]),
    ],
)
def test_relations_connect_allowed_labels_only(
    schema: Schema, relation: str, ends: tuple[str, str], expected: list[str]
) -> None:
    assert pointers(schema.check_relation(relation, *ends)) == expected


def test_expected_attributes_of_a_relation_are_hints(schema: Schema) -> None:
    assert schema.check_relation("defers-to", "Hedge", "Speaker") == []
    assert schema.warn_relation("defers-to", {"kind": "deflection"}) == []
    (hint,) = schema.warn_relation("defers-to", {"kind": "epistemic"})
    assert "“deflection”" in hint["detail"]


def test_relations_between_labels_are_in_schema_order(schema: Schema) -> None:
    assert [relation.id for relation in schema.relations_between("Hedge", "Speaker")] == ["attributed-to", "defers-to"]
    assert schema.relations_between("Speaker", "Speaker") == []


def test_a_new_span_starts_with_the_defaults(schema: Schema) -> None:
    assert schema.labels["Speaker"].default_attributes() == {"kind": "person", "mention": "name"}


def test_a_long_list_of_choices_is_shortened() -> None:
    choices = read_schema(
        {"labels": [{"id": "A", "attributes": [{"id": "k", "choices": [{"id": f"c{n}"} for n in range(30)]}]}]}
    )
    attribute = choices.labels["A"].attributes["k"]

    assert attribute.type is AttributeType.CHOICE
    assert "and 20 more" in attribute.check("no")
    assert Attribute("k", "k").check("anything") == ""
