"""Predictions of models are suggestions: stored with source, version and score, and counted nowhere."""

import json

import pytest
from django.core.management import call_command

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind, Span
from annotator.corpus.suggestions.models import SuggestionRun
from annotator.corpus.suggestions.packing import unpack
from tests.unit.imports.conftest import CLAIM, SPEAKER, line

TEXT = "Mira said it rained."
SPEAKS = {"id": "s", "label": "Speaker", "fragments": [[0, 4]], "attributes": {}}
TWO_PEOPLE = line(TEXT, id="d", annotators={"ann": {"spans": [SPEAKS]}, "bob": {"spans": []}})
VALUE = {"start": 0, "end": 4, "text": "Mira", "labels": ["Speaker"]}
RESULT = [{"id": "x", "from_name": "l", "to_name": "t", "type": "labels", "score": 0.9, "value": VALUE}]
PREDICTION = {"model_version": "tagger-2", "score": 0.3, "result": RESULT}
TASK = json.dumps(
    [{"id": "d", "data": {"id": "d", "text": TEXT}, "annotations": [], "predictions": [PREDICTION]}]
).encode()


def exported(tmp_path, *options):
    call_command("export_dataset", "news", "--out", str(tmp_path / "out.jsonl"), *options)
    return [json.loads(one) for one in (tmp_path / "out.jsonl").read_bytes().splitlines()]


@pytest.mark.stores
def test_prediction_is_a_suggestion_and_no_annotator(project, take_in, tmp_path):
    take_in({"a.jsonl": TWO_PEOPLE})
    (before,) = exported(tmp_path, "--view", "consensus")
    job = take_in({"b.json": TASK})
    (after,) = exported(tmp_path, "--view", "consensus")

    assert [one["annotators"]["consensus"]["spans"] for one in (before, after)] == [[], []]
    assert exported(tmp_path, "--view", "all")[0]["annotators"].keys() == {"ann", "bob"}
    run = SuggestionRun.objects.get()
    assert (run.source, run.version, run.score, run.size) == ("label-studio", "tagger-2", 0.3, 1)
    (span,) = unpack(bytes(run.packed))["spans"]
    assert (span["label"], span["fragments"], span["score"]) == ("Speaker", [[0, 4]], 0.9)
    assert "Spans: 1 in the files = 0 stored + 1 stored as suggestions + 0 left out." in job.result["balance"]
    assert not job.result["incomplete"]


def test_predictions_can_become_sets_of_a_model(project, take_in, tmp_path):
    take_in({"a.jsonl": TWO_PEOPLE})
    take_in({"b.json": TASK}, predictions="sets")
    (model,) = AnnotationSet.objects.filter(kind=SetKind.MODEL)

    assert exported(tmp_path, "--view", "all")[0]["annotators"].keys() == {"ann", "bob"}
    (document,) = exported(tmp_path, "--view", "models")
    assert list(document["annotators"]) == [model.name] == ["label-studio tagger-2 (predictions)"]


@pytest.mark.parametrize(
    ("name", "record", "source", "version", "score"),
    [
        ("p.jsonl", {"text": TEXT, "_input_hash": 1, "spans": [
            {"start": 0, "end": 4, "label": "Speaker", "source": "en_core_web_sm", "score": 0.8}]},
         "prodigy", "en_core_web_sm", 0.8),
        ("d.jsonl", {"id": 1, "text": TEXT, "annotations": [
            {"id": 7, "label": "Speaker", "start_offset": 0, "end_offset": 4, "manual": False, "prob": 0.7}]},
         "doccano", "auto-labeling", 0.7),
        ("j.jsonl", {"text": TEXT, "suggestions": [
            {"source": "rules", "version": "3", "spans": [{**SPEAKS, "score": 0.5}], "relations": []}]},
         "rules", "3", 0.5),
    ],
)  # fmt: skip
def test_machine_labels_of_other_tools_are_suggestions(project, take_in, name, record, source, version, score):
    take_in({name: json.dumps(record).encode()}, new_labels="add")
    run = SuggestionRun.objects.get()
    assert (run.source, run.version) == (source, version)
    assert [span["score"] for span in unpack(bytes(run.packed))["spans"]] == [score]
    assert not Span.objects.exists()


def test_same_predictions_are_stored_once(project, take_in):
    take_in({"b.json": TASK})
    job = take_in({"b.json": TASK})
    assert (SuggestionRun.objects.count(), Document.objects.count()) == (1, 1)
    assert "1 stored already" in job.result["balance"]


def test_suggestions_over_the_api(project, take_in, api, lead, ada, make_set):
    take_in({"a.jsonl": TWO_PEOPLE})
    document = Document.objects.get()
    address = f"/api/v1/documents/{document.pk}/suggestions/"
    given = {"source": "rules", "version": "1", "spans": [{**SPEAKS, "score": 0.5}]}

    assert api(lead).post(address, given, format="json").status_code == 201
    assert api(lead).post(address, given, format="json").json()["code"] == "suggestion_run_exists"
    assert api(ada).get(address).status_code == 404
    own = make_set(document, ada)
    assert api(ada).get(address).json() == []
    (run,) = api(lead).get(address).json()
    assert [(span["id"], span["score"]) for span in run["spans"]] == [("s", 0.5)]
    assert api(ada).post(address, {**given, "version": "2"}, format="json").status_code in (403, 404)
    wrong = {**given, "version": "2", "spans": [{**SPEAKS, "label": "Nonsense"}]}
    assert api(lead).post(address, wrong, format="json").status_code == 422

    dismissal = {"id": "c1", "source": "rules", "version": "1", "suggestion": "s"}
    for added in (1, 0):
        answer = api(ada).post(
            f"/api/v1/annotation-sets/{own.pk}/dismissals/", {"dismissals": [dismissal]}, format="json"
        )
        assert answer.json() == {"added": added}
    assert len(api(ada).get(f"/api/v1/annotation-sets/{own.pk}/dismissals/").json()) == 1
    assert api(lead).delete(f"{address}{run['id']}/").status_code == 204


def test_project_with_suggestions_is_deleted(project, take_in, lead):
    take_in({"a.jsonl": line(annotators={"A": {"spans": [SPEAKER, CLAIM]}})})
    take_in({"b.json": TASK})
    call_command("delete_project", "news", "--confirm", "news")
    assert not SuggestionRun.objects.exists()
