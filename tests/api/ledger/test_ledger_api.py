"""The ledger over the API: made, read, decided."""

import pytest

from annotator.ledger.models import LedgerDecision
from annotator.platform.jobs import runner
from tests.notation import make_spans

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/projects/news/ledger/"


@pytest.fixture
def two_documents(make_document, make_set):
    """Two documents that state one proposition in other words."""
    for verb in ("opens", "opened"):
        text, spans = make_spans(f"[The harbour bridge over the Lomen {verb}](Claim).")
        make_set(make_document(text), "gold", spans, kind="adjudicated", state="adjudicated")


def make_ledger(client):
    response = client.post(URL, {"view": "adjudicated"}, format="json")
    assert response.status_code == 202, response.json()
    runner.run(response.json()["job"])


def test_a_ledger_is_made_read_and_decided(api, two_documents, project, lead):
    client = api(lead)
    assert client.get(URL).status_code == 404
    make_ledger(client)

    assert client.get(URL).json()["propositions"] == {"asserted": 2}
    pair = client.get(f"{URL}pairs/").json()["results"][0]
    decided = client.post(
        f"{URL}decisions/", {"kind": "same", "first": pair["first"], "second": pair["second"]}, format="json"
    )
    assert decided.status_code == 201
    (proposition,) = client.get(f"{URL}propositions/", {"words": "harbour"}).json()["results"]
    assert len(client.get(f"{URL}propositions/{proposition['id']}/").json()["entries"]) == 2

    undone = client.post(f"{URL}decisions/{decided.json()['id']}/undo/")
    assert undone.json()["undone_by"] == "lena"
    again = client.post(f"{URL}decisions/{decided.json()['id']}/undo/")
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")


def test_wrong_filters_are_named(api, two_documents, project, lead):
    client = api(lead)
    make_ledger(client)

    response = client.get(f"{URL}propositions/", {"status": "loud", "since": "yesterday"})

    assert response.status_code == 422
    assert {error["pointer"] for error in response.json()["errors"]} == {"/status", "/since"}


def test_viewers_read_and_do_not_decide(api, two_documents, project, lead, viewer):
    make_ledger(api(lead))
    client = api(viewer)
    pair = client.get(f"{URL}pairs/").json()["results"][0]

    values = {"kind": "same", "first": pair["first"], "second": pair["second"]}
    assert client.post(f"{URL}decisions/", values, format="json").status_code == 404
    assert client.post(URL, {}, format="json").status_code == 404
    assert LedgerDecision.objects.count() == 0
