"""Label Studio's own parser takes our labelling configuration, and by it our tasks are what it imports."""

import json

import pytest
from hypothesis import given, settings
from label_studio_sdk.label_interface import LabelInterface

from annotator.formats.label_studio.write import configuration
from tests.examples import examples
from tests.formats import SCHEMA, corpora, entry, span, write

pytestmark = pytest.mark.consumers
HOSTILE = {
    "labels": [{"id": 'a "b" <c> & d', "attributes": [{"id": "x'y", "choices": [{"id": "<&>"}]}, {"id": "z"}]}],
    "relations": [{"id": "r & <s>", "from": ["a"], "to": ["a"]}],
}


@pytest.mark.parametrize("schema", [SCHEMA, HOSTILE, {"labels": [{"id": "Claim"}]}])
def test_configuration_is_valid_in_label_studio(schema):
    interface = LabelInterface(configuration(schema))
    interface.validate()
    assert interface.get_control("label").tag == "Labels"
    assert list(interface.get_control("label").labels) == [label["id"] for label in schema["labels"]]


def errors_of(documents):
    """What Label Studio finds wrong with the regions and relations of our tasks, by the configuration beside them."""
    files, _ = write("label-studio", documents)
    interface = LabelInterface(files["labelling-config.xml"].decode())
    tasks = json.loads(files["tasks.json"])
    assert [interface.load_task(task["data"]).get_object("text").value for task in tasks] == [
        one.document["text"] for one in documents
    ]
    results = [annotation["result"] for task in tasks for annotation in task["annotations"]]
    return [
        error for result in results for error in interface.validate_prediction({"result": result}, return_errors=True)
    ]


@given(corpora(attributes=False))
@settings(max_examples=examples(30), deadline=None)
def test_regions_and_relations_match_the_configuration(documents):
    assert errors_of(documents) == []


def test_attributes_fit_their_controls():
    claim = span("s1", "Claim", (0, 1), attributes={"kind": "fact"}, note="sure")
    speaker = span("s2", "Speaker", (2, 5), attributes={"name": "Ada Byron"})
    assert errors_of([entry("🙂 Ada", {"ada": {"spans": [claim, speaker]}})]) == []
    wrong = span("s1", "Claim", (0, 1), attributes={"kind": "rumour"})
    assert "Invalid value for control 'Claim_kind'" in errors_of([entry("🙂 Ada", {"ada": {"spans": [wrong]}})])[0]
