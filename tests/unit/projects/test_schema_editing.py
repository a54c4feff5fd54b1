"""The form of the schema editor, its actions, and schemas of other tools."""

import pytest

from annotator.problems import InvalidInput
from projects.schema_editing.fields import act, count_fields, hotkey_clashes, item_paths, with_values
from projects.schema_editing.foreign import read_schema_text
from projects.schema_reader import read_schema

DEFINITION = {
    "labels": [
        {"id": "Claim", "hotkey": "1", "x-own": 1, "attributes": [{"id": "kind", "choices": [{"id": "fact"}]}]},
        {"id": "Speaker", "hotkey": "2"},
    ],
    "relations": [{"id": "by", "from": ["Claim"], "to": ["Speaker"]}],
    "nesting": {"may_contain": {"Claim": ["Speaker"]}},
}


def test_sent_fields_replace_values_and_keep_what_the_form_does_not_show():
    sent = {
        "labels-0-shown": ["yes"], "labels-0-id": ["Statement"], "labels-0-hotkey": ["1"], "labels-0-optional": ["yes"],
        "labels-0-attributes-0-shown": ["yes"], "labels-0-attributes-0-id": ["kind"],
        "labels-0-attributes-0-type": ["text"], "relations-0-shown": ["yes"], "relations-0-id": ["by"],
        "relations-0-from": ["Claim"], "relations-0-to": ["Speaker", "Claim"],
    }  # fmt: skip

    changed = with_values(DEFINITION, sent)

    assert changed["labels"][0] == {
        "id": "Statement", "hotkey": "1", "x-own": 1, "optional": True, "discontinuous": False,
        "attributes": [{"id": "kind", "type": "text", "required": False}],
    }  # fmt: skip
    assert changed["relations"][0]["to"] == ["Speaker", "Statement"]
    assert changed["nesting"]["may_contain"] == {"Statement": ["Speaker"]}
    assert changed["labels"][1] == DEFINITION["labels"][1]
    assert read_schema(changed).labels["Statement"].optional


def test_actions_add_move_and_remove_items():
    added, place = act(DEFINITION, "add-labels-0-attributes-0-choices")
    assert ([choice["id"] for choice in added["labels"][0]["attributes"][0]["choices"]], place) == (
        ["fact", "value"], "labels-0-attributes-0-choices-1",
    )  # fmt: skip
    moved, place = act(DEFINITION, "down-labels-0")
    assert ([label["id"] for label in moved["labels"]], place) == (["Speaker", "Claim"], "labels-1")
    removed, _place = act(DEFINITION, "remove-labels-1")
    assert (removed["relations"][0]["to"], removed["nesting"]["may_contain"]) == ([], {"Claim": []})
    for nonsense in ("remove-labels-9", "add-labels-0-lint-x", "up", "add-", "remove-labels-x", "add-relations-1-from"):
        assert act(DEFINITION, nonsense)[0] == DEFINITION
    assert len(list(item_paths(DEFINITION))) == 5
    assert count_fields(DEFINITION) < 100


def test_clashing_hotkeys_are_listed_before_publishing():
    labels = [
        {"id": "A", "hotkey": "x"},
        {"id": "B", "hotkey": "x", "attributes": [{"id": "k", "choices": [{"id": "c", "hotkey": "x"}]}]},
        {"id": "C", "hotkey": "n"},
    ]

    assert hotkey_clashes({"labels": labels}, frozenset("n")) == ["x: A, B", "n: C", "x: A, B, B: c"]


LABEL_STUDIO = """<View><Labels name="l" toName="t"><Label value="Person" background="#0072B2" hotkey="p"/>
<Label value="Claim"/></Labels><Text name="t" value="$text"/>
<Choices name="kind" toName="t" perRegion="true" whenLabelValue="Claim"><Choice value="fact"/></Choices>
<Relations><Relation value="said by"/></Relations></View>"""
BRAT = """[entities]
Person
!Place
\tCity
[events]
Move Who-Arg:Person
[relations]
<OVERLAP> Arg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>
Lives Arg1:Person, Arg2:Place|City
[attributes]
Negated Arg:<EVENT>
Sure Arg:Person, Value:high|low
"""


def test_schemas_of_other_tools_become_definitions():
    studio, brat = (read_schema(read_schema_text(data)) for data in (LABEL_STUDIO, BRAT))

    assert (studio.labels["Person"].hotkey, studio.labels["Person"].color) == ("p", "#0072B2")
    assert list(studio.labels["Claim"].attributes["kind"].choices) == ["fact"]
    assert "said by" in studio.relations
    assert list(brat.labels) == ["Person", "Place", "City", "Move"]
    assert brat.relations["Lives"].to_labels == ("Place", "City")
    assert list(brat.labels["Move"].attributes) == ["Negated"]
    assert list(brat.labels["Person"].attributes["Sure"].choices) == ["high", "low"]
    doccano = '[{"text": "LOC", "suffixKey": "l", "backgroundColor": "#FF0000", "textColor": "#fff"}]'
    assert read_schema(read_schema_text(doccano)).labels["LOC"].hotkey == "l"
    assert list(read_schema(read_schema_text('{"labels": ["PER", "ORG"]}')).labels) == ["PER", "ORG"]
    assert read_schema_text('{"labels": [{"id": "A"}]}') == {"labels": [{"id": "A"}]}


@pytest.mark.parametrize("data", ["", "hello", "NaN", "[1", "<View/>", "[]"])
def test_other_files_are_refused(data):
    with pytest.raises(InvalidInput):
        read_schema_text(data)
