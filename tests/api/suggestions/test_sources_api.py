"""Sources of suggestions over the API: settings, what is offered, provenance, reception, figures."""

import json

import pytest
from django.core.management import call_command

from annotator.corpus.spans.models import Span
from annotator.corpus.suggestions.models import SuggestionRun
from annotator.platform.jobs import runner
from annotator.suggestions.models import SuggestionOffer, SuggestionSettings
from projects.models import Project

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/projects/news/suggestion-sources/"
TEXT = "“The dam is safe now,” Lio Brandt said. Mara Quist said the dam was not safe."


def add(span, number, **fields):
    given = {**span, "id": f"n{number}", "origin": "suggested", "note": "", **fields}
    return {"id": f"00000000-0000-4000-8000-{number:012}", "kind": "add_span", "span": given}


def test_suggestions_are_offered_accepted_rejected_and_counted(api, project, lead, ada, make_document, make_set):
    document = make_document(TEXT)
    annotation_set = make_set(document, ada, [])
    set_url = f"/api/v1/annotation-sets/{annotation_set.pk}/"
    assert api(ada).post(f"{set_url}suggestions/").json() == []
    assert api(ada).put(URL, {"sources": ["rules"]}, format="json").status_code in (403, 404)
    assert api(lead).put(URL, {"bar": 0.6, "sources": ["rules"]}, format="json").json()["sources"] == ["rules"]
    assert api(lead).put(URL, {"sources": ["magic"]}, format="json").json()["code"] == "no_such_source"

    (run,) = api(ada).post(f"{set_url}suggestions/").json()
    claims = [span for span in run["spans"] if span["label"] == "Claim"]
    # The editor does not show the optional label, so that none of its suggestions can be ignored.
    assert all(span["offered"] == (span["score"] >= 0.6 and span["label"] != "Cue") for span in run["spans"])
    assert api(lead).post(f"{set_url}suggestions/").status_code == 404  # only the annotator opens them
    # The annotator accepts one claim as it is, another with a shorter end, and rejects a speaker.
    changes = []
    for number, span in enumerate(claims):
        suggestion = {"source": "rules", "version": run["version"], "id": span["id"], "score": span["score"]}
        fragments = [[span["fragments"][0][0], span["fragments"][0][1] - 5 * number]]
        fields = {name: span[name] for name in ("label", "attributes")}
        changes.append(add({**fields, "fragments": fragments}, number, suggestion=suggestion))
    body = {"base_revision": 0, "sha256": document.sha256, "changes": changes}
    assert api(ada).post(f"{set_url}changes/", body, format="json").json()["revision"] == len(claims) == 2
    speaker = next(span for span in run["spans"] if span["label"] == "Speaker")
    rejected = {"id": "d1", "source": "rules", "version": run["version"], "suggestion": speaker["id"]}
    api(ada).post(f"{set_url}dismissals/", {"dismissals": [rejected]}, format="json")
    left = {span["id"] for run in api(ada).get(f"{set_url}suggestions/").json() for span in run["spans"]}
    assert left.isdisjoint({speaker["id"], *(span["id"] for span in claims)})
    assert set(Span.objects.values_list("origin", flat=True)) == {"suggested"}

    api(ada).post(f"{set_url}submit/")
    (row,) = api(lead).get(URL).json()["known"]
    offered = [span["label"] for span in run["spans"] if span["offered"]]
    assert row["labels"]["Claim"] == {
        "offered": offered.count("Claim"), "accepted": 2, "edited": 1, "rejected": 0, "ignored": 0,
    }  # fmt: skip
    assert (row["labels"]["Speaker"]["rejected"], row["labels"]["Speaker"]["ignored"]) == (1, 1)
    assert SuggestionOffer.objects.get().annotation_set_id == annotation_set.pk


def test_suggestions_of_optional_labels_are_offered_where_these_are_shown(api, project, ada, make_document, make_set):
    SuggestionSettings.objects.create(project=project, bar=0.1, sources=["rules"])
    cue = {"id": "s1", "label": "Cue", "fragments": [[0, 1]], "attributes": {}}
    shown = make_set(make_document(TEXT), ada, [cue])
    hidden = make_set(make_document(TEXT + " It rained."), ada, [])
    cues = {}
    for own in (shown, hidden):
        (run,) = api(ada).post(f"/api/v1/annotation-sets/{own.pk}/suggestions/").json()
        cues[own] = {span["offered"] for span in run["spans"] if span["label"] == "Cue"}
    assert (cues[shown], cues[hidden]) == ({True}, {False})

    Project.objects.update(show_optional_labels=True)
    (run,) = api(ada).post(f"/api/v1/annotation-sets/{hidden.pk}/suggestions/").json()
    assert {span["offered"] for span in run["spans"]} == {True}


def test_a_malformed_provenance_is_refused(api, project, ada, make_document, make_set):
    document = make_document(TEXT)
    annotation_set = make_set(document, ada, [])
    span = {"label": "Claim", "fragments": [[1, 9]], "attributes": {}}
    for wrong in ({"source": "rules"}, {"source": "rules", "version": "1", "id": "s1", "score": "high"}, "rules"):
        body = {"base_revision": 0, "sha256": document.sha256, "changes": [add(span, 1, suggestion=wrong)]}
        answer = api(ada).post(f"/api/v1/annotation-sets/{annotation_set.pk}/changes/", body, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"][:26]) == (422, "/changes/0/span/suggestion")


def test_suggestions_are_made_once_measured_and_exported(
    api, project, lead, ada, make_document, make_set, tmp_path, capsys
):
    document = make_document(TEXT, external_id="dam")
    suggestion = {"source": "rules", "version": "1", "id": "s1", "score": 0.62}
    gold = make_set(document, ada, [])
    body = {"base_revision": 0, "sha256": document.sha256, "changes": [
        add({"label": "Claim", "fragments": [[1, 20]], "attributes": {}}, 1, suggestion=suggestion)]}  # fmt: skip
    assert api(ada).post(f"/api/v1/annotation-sets/{gold.pk}/changes/", body, format="json").status_code == 200
    api(ada).post(f"/api/v1/annotation-sets/{gold.pk}/submit/")

    assert api(lead).get(f"{URL}evaluation/", {"source": "rules"}).status_code == 404
    for count in (1, 0):
        started = api(lead).post(f"{URL}runs/", {"source": "rules"}, format="json")
        assert started.status_code == 202, started.json()
        assert runner.run(started.json()["job"]) is None or True
        job = api(lead).get(f"/api/v1/jobs/{started.json()['job']}/").json()
        assert job["result"]["documents"] == count  # those of this version are not made again
    assert SuggestionRun.objects.get().size > 3

    capsys.readouterr()
    call_command("evaluate_suggestions", "news", "--source", "rules", "--json")
    figures = json.loads(capsys.readouterr().out)
    assert figures["documents"] == 1
    assert figures["labels"]["Claim"]["exact"]["matched"] == 1
    assert api(lead).get(f"{URL}evaluation/", {"source": "rules"}).json() == figures

    out = tmp_path / "news.jsonl"
    call_command("export_dataset", "news", "--out", str(out))
    (line,) = out.read_text("utf-8").splitlines()
    (span,) = json.loads(line)["annotators"]["ada"]["spans"]
    assert (span["origin"], span["suggestion"]) == ("suggested", suggestion)
