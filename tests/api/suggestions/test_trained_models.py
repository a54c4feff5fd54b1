"""Training a model in a project: by API, page and command; what it learns from, and the way back."""

import json
import time

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from annotator.corpus.spans.models import SetKind, Span
from annotator.platform.jobs import runner
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.suggestions.models import SourceEvaluation, SuggestionSettings, TrainedModel
from annotator.suggestions.trained import selectors, services

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/projects/news/suggestion-models/"
NAMES = ["Ada Berg", "Lio Brandt", "Mara Quist", "Hanno Silt", "Rika Dahl"]


def span(label, start, end):
    return {"id": f"{label}{start}", "label": label, "fragments": [[start, end]], "attributes": {}}


@pytest.fixture
def finished(project, ada, make_document, make_set):
    """Twelve documents that Ada has submitted."""
    sets = []
    for number in range(12):
        text, spans = "", []
        for line in range(4):
            name, said = NAMES[(number + line) % 5], f"the road number {number} will be {['safe', 'closed'][line % 2]}"
            start = len(text)
            text += f"{name} told us that {said}.\nNothing else happened on day {number * 7 + line}.\n"
            spans += [span("Speaker", start, start + len(name)),
                      span("Claim", text.index(said, start), text.index(said, start) + len(said))]  # fmt: skip
        document = make_document(text, external_id=f"road-{number}")
        sets.append(make_set(document, ada, spans, state="submitted"))
    return sets


def run_newest():
    job = Job.objects.latest("id")
    runner.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_model_is_trained_listed_offered_compared_and_rolled_back(
    api, project, lead, ada, finished, make_document, make_set, capsys
):
    assert api(ada).post(URL).status_code in (403, 404)
    assert api(lead).post(URL).status_code == 202
    job = run_newest()
    assert (job.state, job.result["active"]) == ("done", True), job.problem
    (row,) = api(lead).get(URL).json()
    assert (row["number"], row["active"], row["documents"]) == (1, True, 12)
    assert row["figures"]["labels"]["Claim"]["exact"]["f1"] > 0.8
    model = TrainedModel.objects.get()
    assert model.sets.count() == 12
    assert SourceEvaluation.objects.get().version == model.version

    # What it suggests is offered with the version of the model; the bar holds for it as for other sources.
    api(lead).put("/api/v1/projects/news/suggestion-sources/", {"bar": 0.5, "sources": ["model"]}, format="json")
    fresh = make_set(make_document("Ada Berg told us that the road will be late.", external_id="new"), ada, [])
    (run,) = api(ada).post(f"/api/v1/annotation-sets/{fresh.pk}/suggestions/").json()
    assert (run["source"], run["version"]) == ("model", model.version)
    assert {span["label"] for span in run["spans"] if span["offered"]} == {"Claim", "Speaker"}
    # It has seen all finished documents: nothing is left to measure it on.
    assert services.unseen_documents(project, [finished[0].document_id, fresh.document_id]) == [fresh.document_id]

    capsys.readouterr()
    call_command("train_model", "news", "--json")
    second = json.loads(capsys.readouterr().out)
    assert second["number"] == 2
    assert second["compared"]["after"] >= second["compared"]["before"]
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    page = "/projects/news/suggestions/models/"
    assert "Use model 1" in client.get(page).content.decode()
    assert "Learning curve" in (text := client.get(f"{page}1/").content.decode())
    assert "<svg" in text
    assert client.get(f"{page}9/").status_code == 404
    assert client.post(f"{page}1/activate/").status_code == 302
    assert selectors.active_model(project).number == 1
    assert api(lead).post(f"{URL}2/activate/").json()["active"] is True
    TrainedModel.objects.filter(number=1).update(content=b"broken")
    assert api(lead).post(f"{URL}1/activate/").json()["code"] == "model_unusable"
    assert selectors.active_model(project).number == 2


def test_only_finished_work_of_people_is_learned_from(project, ada, finished, make_document, make_set):
    makers = {"open": {}, "excluded": {"is_excluded": True}, "reviewed": {"awaits_review": True}}
    for name, fields in makers.items():
        state = "open" if name == "open" else "submitted"
        row = make_set(make_document(f"{name} text", external_id=name), ada, [span("Claim", 0, 4)], state=state)
        type(row).objects.filter(pk=row.pk).update(**fields)
    machine = make_set(
        make_document("machine text", external_id="machine"), ada, [span("Claim", 0, 4)], state="submitted"
    )
    type(machine).objects.filter(pk=machine.pk).update(kind=SetKind.MODEL)

    assert set(selectors.finished_work(project).sets) == {row.document_id for row in finished}


def test_a_worse_model_stays_inactive_and_cancelling_leaves_nothing(project, lead, finished):
    model = services.train(project, by=lead, now=timezone.now())
    # Most claims of the documents that were learned from are called speakers; those held out are as they were.
    learned = model.sets.filter(is_held_out=False).order_by("id").values_list("annotation_set_id", flat=True)
    Span.objects.filter(annotation_set__in=list(learned)[2:], label="Claim").update(label="Speaker")
    worse = services.train(project, by=lead, now=timezone.now())
    assert worse.figures["compared"]["after"] < worse.figures["compared"]["before"]
    assert (worse.is_active, selectors.active_model(project).number) == (False, model.number)

    def cancel(share):
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.train(project, by=lead, now=timezone.now(), on_progress=cancel)
    assert TrainedModel.objects.count() == 2


def test_training_ends_within_a_second_of_work_when_it_is_cancelled(project, lead, finished):
    job = services.start_training(project, started_by=lead, now=timezone.now(), own_process=True)
    cancelled_at = []

    def cancel_at_first_progress(_done, _total):
        if not cancelled_at:
            jobs.cancel(job, now=timezone.now())
            cancelled_at.append(time.process_time())

    ended = jobs.run_here(job, on_progress=cancel_at_first_progress)

    assert ended.state == "cancelled"
    assert time.process_time() - cancelled_at[0] < 1
    assert not TrainedModel.objects.exists()


def test_training_starts_by_itself_when_finished_work_has_grown(
    project, lead, ada, finished, api, make_document, make_set
):
    settings = SuggestionSettings.objects.create(project=project, trains_itself=True)
    now = timezone.now()
    job = services.train_when_grown(project, settings, now=now)
    assert job.kind == "train_model"
    settings.refresh_from_db()
    assert services.train_when_grown(project, settings, now=now) is None  # looked a moment ago
    runner.run(job.pk)
    later = now + services.CHECKED_EVERY * 2
    assert services.train_when_grown(project, settings, now=later) is None  # nothing new
    for number in range(3):
        make_set(make_document(f"Road {number} is new.", external_id=f"new-{number}"), ada, [span("Claim", 0, 4)],
                 state="submitted")  # fmt: skip
    settings.refresh_from_db()
    assert services.train_when_grown(project, settings, now=later + services.CHECKED_EVERY * 2) is not None


def test_too_little_work_is_said(api, project, lead):
    answer = api(lead).post(URL)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_little_to_train")
