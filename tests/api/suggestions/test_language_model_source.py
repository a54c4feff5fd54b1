"""A language model as a source of suggestions: consent, a run against a local server, what is offered, stopping."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from annotator.corpus.suggestions.models import SuggestionRun
from annotator.corpus.suggestions.packing import unpack
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from annotator.platform.operations import AllowedServer
from annotator.suggestions.language_model import selectors, services
from annotator.suggestions.models import LanguageModelChoice, LanguageModelUse
from tests.chat_server import error, running_chat_server, said

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/projects/news/suggestion-sources/"
PAGE = "/projects/news/suggestions/language-model/"
TEXTS = ("Ada Berg said the dam is safe.", "Lio Brandt said the dam is not safe.")


def item(key, label, quote, confidence="high"):
    return {"id": key, "label": label, "quote": quote, "before": "", "after": "", "attributes": [],
            "confidence": confidence}  # fmt: skip


def answer(body):
    """Suggest the first two words as a Speaker and the rest as a Claim, and invent a span."""
    text = body["messages"][1]["content"]
    name, _said, claim = text.partition(" said ")
    spans = [item("1", "Speaker", name), item("2", "Claim", claim.rstrip(".")), item("3", "Claim", "never written")]
    return said({"spans": spans, "links": [{"label": "attributed-to", "from": "2", "to": "1"}]})


@pytest.fixture
def chat(settings):
    with running_chat_server(answer) as server:
        settings.LANGUAGE_MODELS = (AllowedServer(server.url, "key"),)
        yield server


@pytest.fixture
def documents(project, make_document):
    return [make_document(text, external_id=f"d{number}") for number, text in enumerate(TEXTS)]


def run(job_id):
    return jobs.run_here(Job.objects.get(pk=job_id))


def chosen(project, lead, chat, model="small"):
    services.choose(project, url=chat.url, model=model, by=lead, now=timezone.now())


def start(project, lead, documents=None):
    return services.start_asking(
        project, documents=documents, started_by=lead, now=timezone.now(), own_process=True
    )  # fmt: skip


def test_a_project_agrees_and_is_offered_what_is_in_the_text(api, project, lead, ada, chat, documents, make_set):
    model = f"{URL}language-model/"
    assert api(ada).get(model).status_code in (403, 404)
    assert api(lead).post(f"{URL}runs/", {"source": "language-model"}).json()["code"] == "language_model_not_allowed"
    body = {"url": chat.url, "model": "small", "agreed": False}
    assert api(lead).put(model, body, format="json").json()["errors"][0]["pointer"] == "/agreed"
    other = {"url": "http://127.0.0.1:9/v1", "model": "small", "agreed": True}
    assert api(lead).put(model, other, format="json").json()["errors"][0]["pointer"] == "/url"
    state = api(lead).put(model, {**body, "agreed": True}, format="json").json()
    assert (state["documents"], state["requests"], state["allowed"]) == (2, 2, [chat.url])
    assert state["tokens"] > 500  # the labels and their descriptions go with each text
    annotation_set = make_set(documents[0], ada, [])
    offers = f"/api/v1/annotation-sets/{annotation_set.pk}/suggestions/"
    assert api(ada).post(offers).json() == []
    assert chat.requests == []  # nothing is sent before a run, also not when a document is opened

    job = start(project, lead, documents=1)
    result = run(job.pk).result
    assert (result["documents"], result["spans"], result["refused"]) == (1, 2, {"not_in_text": 1})
    assert (result["tokens_sent"], result["tokens_received"], result["failed"]) == (100, 20, 0)
    assert "never written" in job.lines.get().message
    stored = SuggestionRun.objects.get()
    assert stored.version == state["version"]
    assert (stored.parameters["model"], stored.parameters["refused"]) == ("small", {"not_in_text": 1})
    assert len(unpack(bytes(stored.packed))["relations"]) == 1
    second = run(start(project, lead).pk).result
    assert second["documents"] == 1  # the other one: the first has suggestions of this version
    assert run(start(project, lead).pk).result["documents"] == 0
    assert [header["authorization"] for header in chat.headers] == ["Bearer key"] * 2

    (offered,) = api(ada).post(offers).json()
    assert {span["label"]: TEXTS[0][slice(*span["fragments"][0])] for span in offered["spans"]} == {
        "Speaker": "Ada Berg", "Claim": "the dam is safe"}  # fmt: skip
    # Before it is measured it does not reach the usual bar.
    assert not any(span["offered"] for span in offered["spans"])
    gold = [{"id": "g1", "label": "Speaker", "fragments": [[0, 8]], "attributes": {}}]
    make_set(documents[0], "gold", gold, kind="adjudicated", state="adjudicated")
    call_command("evaluate_suggestions", "news", "--source", "language-model")
    assert api(lead).get(f"{URL}evaluation/", {"source": "language-model"}).json()["documents"] == 1

    assert api(lead).delete(model).status_code == 204
    assert api(ada).post(offers).json() == []
    assert SuggestionRun.objects.count() == 2


def test_a_lead_chooses_a_model_on_its_page(project, lead, ada, chat, documents, settings):
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    assert "sends nothing" in client.get(PAGE).content.decode()
    assert "Without this nothing can be asked" in client.post(PAGE, {"url": chat.url, "model": "m"}).content.decode()
    assert not LanguageModelChoice.objects.exists()
    given = {"url": chat.url, "model": "m", "agreed": "on", "tokens_per_run": "5000", "tokens_per_day": "9000"}
    settings.LANGUAGE_MODEL_TOKENS_PER_DAY = 8000
    assert "all projects together 8,000 tokens per day" in client.post(PAGE, given).content.decode()
    assert client.post(PAGE, given | {"tokens_per_day": "8000"}).status_code == 302
    choice = LanguageModelChoice.objects.get()
    assert (choice.agreed_by, choice.tokens_per_run, choice.tokens_per_day) == (lead, 5000, 8000)
    page = client.get(PAGE).content.decode()
    assert "2 documents have no suggestions" in page
    assert "Instructions that are sent" in page
    assert "A run takes 5,000 tokens at most, all runs of a day 8,000." in page
    # Saving the other settings keeps the source on.
    suggestions = "/projects/news/suggestions/"
    assert 'value="language-model"' in client.get(suggestions).content.decode()
    assert client.post(f"{suggestions}suggest/", {"source": "language-model", "documents": "0"}).status_code == 422
    assert client.post(f"{suggestions}suggest/", {"source": "language-model", "documents": "1"}).status_code == 302
    job = Job.objects.latest("id")
    assert job.params == {"documents": 1}
    services.stop_using(project)
    chosen(project, lead, chat)
    Job.objects.filter(pk=job.pk).update(own_process=True)
    run(job.pk)
    page = client.get(PAGE).content.decode()
    assert "the quote is not in the text" in page
    settings.LANGUAGE_MODELS = ()
    page = client.get(PAGE).content.decode()
    assert "does not allow" in page
    assert client.post(PAGE, {"stop": "1"}).status_code == 302
    assert not LanguageModelChoice.objects.exists()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(PAGE).status_code == 404


def test_failed_documents_are_listed_and_asked_about_again(project, lead, chat, documents):
    chosen(project, lead, chat)
    good = chat.reply
    chat.reply = lambda body: good(body) if "Ada" in body["messages"][1]["content"] else said("no JSON")
    job = run(start(project, lead).pk)
    assert (job.state, job.result["documents"], job.result["failed"]) == ("done", 1, 1)
    assert job.lines.get(level="error").where == "d1"
    chat.reply = good
    assert run(start(project, lead).pk).result["documents"] == 1


def test_a_run_ends_when_no_document_can_be_asked_about(project, lead, chat, documents):
    chosen(project, lead, chat)
    chat.reply = lambda _body: error(401)
    job = run(start(project, lead).pk)
    assert (job.state, job.problem["code"]) == ("failed", "language_model_failed")
    assert not SuggestionRun.objects.exists()


def test_a_run_stops_when_it_is_cancelled_or_no_longer_agreed_to(project, lead, chat, make_document, monkeypatch):
    documents = [make_document(f"Ada Berg said {number}.", external_id=f"n{number}") for number in range(6)]
    chosen(project, lead, chat)
    job = start(project, lead)

    def wait(_body):
        chat.released.wait(20)
        return said({"spans": []})

    chat.reply = wait

    def cancel(_done, _total):
        if not job.cancel_requested:
            jobs.cancel(job, now=timezone.now())
            job.cancel_requested = True

    assert jobs.run_here(job, on_progress=cancel).state == "cancelled"
    assert not SuggestionRun.objects.exists()

    monkeypatch.setattr("annotator.suggestions.language_model.run.AT_ONCE", 1)
    chat.reply = answer
    second = start(project, lead)
    ended = jobs.run_here(second, on_progress=lambda done, _total: services.stop_using(project) if done == 2 else None)
    assert (ended.state, ended.problem["code"]) == ("failed", "language_model_not_allowed")
    assert SuggestionRun.objects.count() == 2
    assert len(documents) == 6
    chosen(project, lead, chat)
    assert run(start(project, lead).pk).result["documents"] == 4


def test_an_interrupted_run_continues_from_its_checkpoint(project, lead, chat, documents, capsys):
    chosen(project, lead, chat)
    chat.reply = lambda body: answer(body) if "Ada" in body["messages"][1]["content"] else said("no JSON")
    job = start(project, lead)

    def interrupt(done, _total):
        if done == 1:
            raise KeyboardInterrupt

    assert jobs.run_here(job, on_progress=interrupt).state == "cancelled"
    chat.reply = answer
    capsys.readouterr()
    call_command("suggest_spans", "news", "--source", "language-model", "--documents", "5")
    said_by_command = capsys.readouterr()
    assert "suggestions for 1 document" in said_by_command.out
    assert "Documents without suggestions: 1" in said_by_command.err
    assert Job.objects.latest("id").result["instructions"] == chat.requests[-1]["messages"][0]["content"]
    assert SuggestionRun.objects.count() == 2


def test_a_run_ends_at_the_limits_and_the_next_one_is_refused(
    api, project, lead, chat, make_document, settings, monkeypatch
):
    monkeypatch.setattr("annotator.suggestions.language_model.run.AT_ONCE", 1)
    for number in range(6):
        make_document(f"Ada Berg said {number} dams are safe.", external_id=f"n{number}")
    chosen(project, lead, chat)
    needed = selectors.tokens_needed(selectors.asking_of(project), len("Ada Berg said 1 dams are safe."))
    # The server counts 120 tokens for each document: the fourth does not fit beside what three took.
    limits = {"tokens_per_run": needed + 3 * 120 - 1, "tokens_per_day": needed + 4 * 120}
    body = {"url": chat.url, "model": "small", "agreed": True}
    state = api(lead).put(f"{URL}language-model/", body | limits, format="json").json()
    assert (state["tokens_per_run"], state["tokens_left_today"]) == (limits["tokens_per_run"], limits["tokens_per_day"])

    first = run(start(project, lead).pk).result
    assert (first["documents"], first["left"]) == (3, 3)
    assert first["limit"] == f"The limit of {limits['tokens_per_run']:,} tokens per run is reached."
    assert first["summary"].endswith("3 documents are left.")
    second = run(start(project, lead).pk).result
    assert second["documents"] == 2
    assert second["limit"].endswith("tokens per day is reached.")
    use = LanguageModelUse.objects.get()
    assert (use.requests, use.tokens) == (5, 600)

    settings.LANGUAGE_MODEL_TOKENS_PER_DAY = 600
    refused = api(lead).post(f"{URL}runs/", {"source": "language-model"}).json()
    assert refused["code"] == "language_model_not_allowed"
    assert "for all projects of this site is reached" in refused["detail"]
    assert api(lead).put(f"{URL}language-model/", body | {"tokens_per_day": 601}, format="json").status_code == 422
    assert len(chat.requests) == 5


def test_failed_requests_count(project, lead, chat, documents):
    chosen(project, lead, chat)
    chat.reply = lambda _body: said("no JSON", sent=0, received=0)
    run(start(project, lead).pk)
    use = LanguageModelUse.objects.get()
    assert use.requests == 4  # two documents, each asked about twice
    assert use.tokens > 4 * 400  # the server counts none: they are estimated
