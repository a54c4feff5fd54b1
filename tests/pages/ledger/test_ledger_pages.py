"""Pages of the ledger without a browser: what they say, and what they refuse."""

import pytest
from django.test import Client

from annotator.ledger import selectors
from annotator.ledger.models import LedgerDecision, Proposition
from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job
from tests.notation import make_spans
from tests.unit.ledger.conftest import sample_project

__all__ = ["sample_project"]
pytestmark = pytest.mark.django_db(transaction=True)
URL = "/projects/news/ledger/"


@pytest.fixture
def as_lead(lead):
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    return client


def make(client, view="adjudicated"):
    response = client.post(f"{URL}update/", {"view": view})
    assert response.status_code == 302
    runner.run(Job.objects.get(kind="update_ledger").pk)


def test_the_ledger_of_the_sample_corpus_opens_its_sentences(as_lead, sample_project):
    assert "Make the ledger" in as_lead.get(URL).content.decode()
    make(as_lead)

    page = as_lead.get(URL, {"words": "listening post"}).content.decode()
    assert "Hanno Silt" in page
    assert "counter-claim × 2" in page
    assert "deflection, reported" in page
    post = Proposition.objects.get(text__contains="listening post")
    shown = as_lead.get(f"{URL}propositions/{post.pk}/").content.decode()
    assert "<mark>No soldier has ever set foot up there</mark>" in shown
    assert "About this denial" in shown
    assert "Jorun Velk" in as_lead.get(f"{URL}speakers/").content.decode()


def test_a_reported_denial_beside_evasion_has_a_warning(as_lead, project, make_document, make_set):
    from tests.unit.agreement.conftest import add_relations

    text, spans = make_spans(
        "The Kremlin[Speaker] [denied](Denial kind=contradiction form=reported) [they met](Claim voice=unsourced). "
        "[We leave this without comment](Hedge kind=non-answer form=performed), Peskov[Speaker] said."
    )
    gold = make_set(make_document(text), "gold", spans, kind="adjudicated", state="adjudicated")
    arrows = [
        ("attributed-to", "s2", "s1"),
        ("denies", "s2", "s3"),
        ("hedges", "s4", "s3"),
        ("attributed-to", "s4", "s5"),
    ]
    add_relations(gold, [{"id": f"r{n}", "label": label, "from": a, "to": b} for n, (label, a, b) in enumerate(arrows)])
    make(as_lead)

    page = as_lead.get(URL, {"warnings": "on"}).content.decode()
    assert "Denial only reported; own words evade" in page
    shown = as_lead.get(f"{URL}propositions/{Proposition.objects.get().pk}/").content.decode()
    assert "Reported to deny this: <bdi>Kremlin</bdi>." in " ".join(shown.split())


def test_pairs_are_decided_and_undone_on_pages(as_lead, project, make_document, make_set):
    for words in (
        "[The harbour bridge over the Lomen opens](Claim).",
        "[The harbour bridge over the Lomen opened](Claim).",
    ):
        text, spans = make_spans(words)
        make_set(make_document(text), "gold", spans, kind="adjudicated", state="adjudicated")
    make(as_lead)
    pair = selectors.open_pairs(selectors.get_ledger(project, "adjudicated")).get()

    assert as_lead.post(f"{URL}pairs/{pair.pk}/", {"kind": "loud"}).status_code == 422
    assert as_lead.post(f"{URL}pairs/{pair.pk}/", {"kind": "same"}).status_code == 302
    assert Proposition.objects.get().documents == 2
    again = as_lead.post(f"{URL}pairs/{pair.pk}/", {"kind": "same"})
    assert (again.status_code, "one proposition already" in again.content.decode()) == (409, True)
    decision = LedgerDecision.objects.get()
    assert as_lead.post(f"{URL}decisions/{decision.pk}/undo/").status_code == 302
    assert Proposition.objects.count() == 2
    assert "Undone by" in as_lead.get(f"{URL}decisions/").content.decode()


@pytest.mark.parametrize("name", ["jsonl", "csv", "web-annotations"])
def test_the_list_is_downloaded_as_filtered(as_lead, sample_project, name):
    make(as_lead)

    response = as_lead.get(f"{URL}download/{name}/", {"words": "listening post"})
    body = b"".join(response.streaming_content).decode()

    assert "Hanno Silt" in body
    assert "timber" in body
    assert "busy man" not in body
    assert as_lead.get(f"{URL}download/{name}/", {"since": "never"}).status_code == 422


def test_annotators_and_unknown_views_find_nothing(as_lead, ada, project):
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(URL).status_code == 404
    assert as_lead.get(URL, {"view": "set:unknown"}).status_code == 404
