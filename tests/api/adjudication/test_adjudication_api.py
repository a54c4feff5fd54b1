"""Adjudication over the API."""

import pytest

from annotator.adjudication.models import Adjudication
from tests.notation import make_spans

pytestmark = pytest.mark.django_db

ADA = "Ada[Speaker] said [it rained](Claim)."
BEN = "Ada[Speaker] said it [rained](Claim)."


@pytest.fixture
def document(make_document, make_set, ada, ben):
    text, spans = make_spans(ADA)
    document = make_document(text)
    make_set(document, ada, spans, state="submitted", revision=1)
    make_set(document, ben, make_spans(BEN)[1], state="submitted", revision=1)
    return document


@pytest.fixture
def here(document):
    return f"/api/v1/documents/{document.pk}/adjudication/"


def test_document_is_adjudicated_over_the_api(api, lead, document, here):
    client = api(lead)
    assert client.get(here).status_code == 404
    started = client.post(here, {"rule": "exact", "blind": False})
    assert (started.status_code, started.json()["open"], started.json()["contested"]) == (201, 1, 1)
    assert [each["name"] for each in started.json()["sources"]] == ["ada", "ben"]
    [unit] = client.get(f"{here}units/?open=true").json()["units"]
    assert (unit["kind"], unit["standing"], unit["differs"]) == ("span", "open", ["boundary"])

    done = client.post(
        f"{here}decisions/",
        {"base_revision": 1, "unit": unit["id"], "kind": "take", "position": 1, "reason": "boundary"},
    )
    assert (done.status_code, done.json()) == (201, {"revision": 2, "meanwhile": 0, "open": 0, "unit": unit["id"]})
    settled = client.post(f"{here}settle/", {"base_revision": 2})

    assert settled.json()["state"] == "settled"
    log = client.get(f"{here}decisions/?since=1").json()
    assert [(each["kind"], each["position"], each["by"]) for each in log["decisions"]] == [("take", 1, "lena")]
    [listed] = client.get("/api/v1/projects/news/adjudications/").json()["results"]
    assert (listed["document"], listed["state"]) == (document.pk, "settled")


def test_names_are_hidden_in_an_open_blind_adjudication(api, lead, here):
    client = api(lead)
    started = client.post(here, {"blind": True}).json()
    assert {(each["name"], each["annotation_set"]) for each in started["sources"]} == {(None, None)}

    [unit] = client.get(f"{here}units/?open=true").json()["units"]
    client.post(f"{here}decisions/", {"base_revision": 1, "unit": unit["id"], "kind": "none"})
    settled = client.post(f"{here}settle/", {"base_revision": 2}).json()

    assert {each["name"] for each in settled["sources"]} == {"ada", "ben"}


def test_edited_spans_are_checked(api, lead, here):
    client = api(lead)
    client.post(here, {})
    unit = client.get(f"{here}units/?open=true").json()["units"][0]["id"]
    base = {"base_revision": 1, "unit": unit, "kind": "edited"}
    wrong = client.post(f"{here}decisions/", base | {"spans": [{"id": "x", "label": "Claim", "fragments": [[5, 2]]}]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_decision")
    assert wrong.json()["errors"][0]["pointer"] == "/spans/0/fragments/0"

    right = client.post(f"{here}decisions/", base | {"spans": [{"id": "x", "label": "Claim", "fragments": [[0, 8]]}]})

    assert right.status_code == 201
    assert Adjudication.objects.get().annotation_set.spans.get(label="Claim").end == 8


def test_problems_have_stable_codes(api, lead, here, make_document):
    client = api(lead)
    empty = make_document("Nobody was here.")
    codes = [client.post(f"/api/v1/documents/{empty.pk}/adjudication/", {}).json()["code"]]
    client.post(here, {})
    unit = client.get(f"{here}units/?open=true").json()["units"][0]["id"]
    codes.append(client.post(here, {}).json()["code"])
    codes.append(client.post(f"{here}settle/", {"base_revision": 1}).json()["code"])
    codes.append(client.post(f"{here}undo/", {"base_revision": 1}).json()["code"])
    codes.append(client.post(f"{here}reopen/", {}).json()["code"])
    decision = {"base_revision": 1, "unit": unit, "kind": "none"}
    client.post(f"{here}decisions/", decision)
    stale = client.post(f"{here}decisions/", decision).json()
    codes += [stale["code"], client.post(f"{here}decisions/", decision | {"unit": 10**9}).json()["code"]]
    client.post(f"{here}settle/", {"base_revision": 2})
    codes.append(client.post(f"{here}decisions/", decision | {"base_revision": 2}).json()["code"])

    assert codes == [
        "nothing_to_adjudicate", "adjudication_started", "not_all_decided", "nothing_to_undo", "not_settled",
        "stale_adjudication", "not_found", "adjudication_settled",
    ]  # fmt: skip
    assert (stale["revision"], [each["number"] for each in stale["decisions"]]) == (2, [2])


def test_adjudicators_read_the_rule_and_leads_set_it(api, project, lead, viewer):
    address = "/api/v1/projects/news/adjudication-rule/"
    assert api(lead).get(address).json() == {"rule": "exact", "blind": True, "least": None}
    assert api(viewer).get(address).status_code == 404

    api(lead).put(address, {"rule": "same_tokens", "blind": False, "least": 5})

    assert api(lead).get(address).json() == {"rule": "same_tokens", "blind": False, "least": 5}
    assert api(lead).put(address, {"rule": "sometimes", "blind": False}).status_code == 422


def test_reopen_and_refresh_return_the_adjudication(api, lead, here, document):
    client = api(lead)
    client.post(here, {})
    unit = client.get(f"{here}units/?open=true").json()["units"][0]["id"]
    client.post(f"{here}decisions/", {"base_revision": 1, "unit": unit, "kind": "take", "position": 0})
    client.post(f"{here}settle/", {"base_revision": 2})
    document.annotation_sets.filter(name="ben").update(revision=5)
    assert client.get(here).json()["moved"] is True

    reopened = client.post(f"{here}reopen/", {}).json()

    assert (reopened["state"], reopened["open"], reopened["moved"]) == ("open", 0, False)
    assert client.post(f"{here}refresh/", {}).json()["revision"] == reopened["revision"]
