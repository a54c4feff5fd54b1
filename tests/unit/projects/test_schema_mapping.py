"""Mappings between schema versions: their effect on spans, and which mappings are refused."""

from typing import Any

import pytest

from annotator.problems import InvalidInput
from projects.schema_mapping import Unmapped, read_mapping, suggest_mapping
from projects.schema_reader import read_schema

KIND = {"id": "kind", "choices": [{"id": "direct", "name": "Direct"}, {"id": "indirect"}, {"id": "free"}]}
OLD = read_schema({
    "labels": [
        {"id": "Quote", "attributes": [KIND, {"id": "who"}]},
        {"id": "Hedge"},
        {"id": "Denial"},
        {"id": "Gone"},
    ],
    "relations": [{"id": "by"}, {"id": "said-by"}],
})  # fmt: skip
RELATIONS = {"relations": [{"id": "by"}, {"id": "said-by"}]}
NEW = read_schema({
    "labels": [
        {"id": "Direct"},
        {"id": "Indirect"},
        {"id": "Statement", "attributes": [{"id": "type", "choices": [{"id": "denial"}, {"id": "hedge"}]}]},
    ],
    "relations": [{"id": "said-by", "from": ["Direct", "Indirect"], "to": ["Statement"]}],
})  # fmt: skip
DEFINITION: dict[str, Any] = {
    "labels": {
        "Quote": {"split": "kind", "values": {"direct": "Direct", "indirect": "Indirect"}},
        "Hedge": {"to": "Statement", "set": {"type": "hedge"}, "note": "was a hedge", "by_hand": True},
        "Denial": {"to": "Statement", "set": {"type": "denial"}},
        "Gone": {"drop": True},
    },
    "attributes": {"Quote": {"who": {"note": True}}},
    "relations": {"by": "said-by"},
}
RULES = DEFINITION["labels"]
MAPPING = read_mapping(DEFINITION, OLD, NEW)


def test_labels_are_split_merged_and_moved_to_attributes_and_notes():
    direct = MAPPING.map_span("Quote", {"kind": "direct", "who": "Ada"}, "first")
    hedge = MAPPING.map_span("Hedge", {}, "")

    assert (direct.label, direct.attributes, direct.note) == ("Direct", {}, "first\nwho: Ada")
    assert (hedge.label, hedge.attributes, hedge.note, hedge.by_hand) == (
        "Statement", {"type": "hedge"}, "was a hedge", True,
    )  # fmt: skip
    assert MAPPING.map_span("Denial", {}, "").attributes == {"type": "denial"}
    assert MAPPING.map_relation("by") == MAPPING.map_relation("said-by") == "said-by"
    again = MAPPING.map_span(hedge.label, hedge.attributes, hedge.note)
    assert (again.label, again.attributes, again.note) == (hedge.label, hedge.attributes, hedge.note)


@pytest.mark.parametrize(
    ("label", "attributes", "words"),
    [
        ("Gone", {}, "“Gone” is dropped, and spans use it"),
        ("Quote", {"kind": "free"}, "no label is given for “free”"),
        ("Quote", {}, "no label is given for “”"),
        ("Denial", {"x": "1"}, "“Statement” has no attribute “x”"),
    ],
)
def test_annotation_without_a_place_is_refused(label, attributes, words):
    with pytest.raises(Unmapped) as refused:
        MAPPING.map_span(label, attributes, "")

    assert words in refused.value.detail


def test_relation_needs_ends_that_the_target_allows():
    MAPPING.check_ends("said-by", "Direct", "Statement")
    with pytest.raises(Unmapped, match="must start at"):
        MAPPING.check_ends("said-by", "Statement", "Direct")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"labels": {}}, "/labels/Quote"),
        ({"labels": RULES | {"Hedge": "Nowhere"}}, "/labels/Hedge"),
        ({"labels": RULES | {"Nobody": "Direct"}}, "/labels/Nobody"),  # wording: an id
        ({"labels": RULES | {"Quote": {"split": "no", "values": {"a": "Direct"}}}}, "/labels/Quote/split"),
        ({"labels": RULES | {"Gone": {"drop": True, "to": "Direct"}}}, "/labels/Gone/drop"),
        ({"labels": RULES | {"Hedge": {"to": "Statement", "set": {"type": "x"}}}}, "/labels/Hedge/set"),
        ({"attributes": {"Hedge": {"who": "x"}}}, "/attributes/Hedge/who"),
        ({"relations": {}}, "/relations/by"),
        ({"rules": {}}, "/rules"),
    ],
)  # fmt: skip
def test_faulty_mapping_is_refused_with_its_location(change, pointer):
    with pytest.raises(InvalidInput) as refused:
        read_mapping(DEFINITION | change, OLD, NEW)

    assert pointer in [error["pointer"] for error in refused.value.extra["errors"]]


def test_mapping_that_changes_its_own_result_is_refused():
    target = read_schema({"labels": [{"id": "Hedge"}, {"id": "Denial"}, {"id": "Quote"}, {"id": "Gone"}], **RELATIONS})
    with pytest.raises(InvalidInput, match="changed by a rule of its own"):
        read_mapping({"labels": {"Hedge": "Denial", "Denial": "Quote"}}, OLD, target)


def test_suggested_mapping_leads_gone_labels_to_those_with_their_name():
    renamed = read_schema({"labels": [{"id": "Q2", "name": "Quote"}, {"id": "Hedge"}], "relations": [{"id": "by"}]})

    assert suggest_mapping(OLD, renamed) == {
        "labels": {"Quote": "Q2", "Denial": {"drop": True}, "Gone": {"drop": True}},
        "attributes": {},
        "relations": {"said-by": {"drop": True}},
    }


def test_several_choices_keep_their_order_unless_attributes_are_merged():
    """Databases keep the members of objects in other orders: the result is the same."""
    choices = [{"id": "a"}, {"id": "b"}]
    several = {"type": "multiple", "choices": choices}
    old = read_schema(
        {"labels": [{"id": "L"}], "document_attributes": [{"id": "x", **several}, {"id": "y", **several}]}
    )
    new = read_schema({"labels": [{"id": "L"}], "document_attributes": [{"id": "x", **several}]})
    mapping = read_mapping({"document_attributes": {"y": "x"}}, old, new)

    assert mapping.map_document({"x": ["b", "a"]}) == {"x": ["b", "a"]}
    for values in ({"x": ["b"], "y": ["a"]}, {"y": ["a"], "x": ["b"]}):
        assert mapping.map_document(values) == {"x": ["a", "b"]}
