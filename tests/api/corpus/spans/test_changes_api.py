"""Saving over the API: answers, refusals, and who may."""

import pytest

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.changes import wire
from annotator.corpus.spans.models import AnnotationSet
from projects.models import Membership
from projects.roles import Role
from tests.unit.corpus.spans.builders import add, new_id, relation, remove, span

pytestmark = pytest.mark.django_db

CLAIM = wire(add(span("c", "Claim", (0, 3))))


@pytest.fixture
def ada_set(make_document, make_set, ada):
    return make_set(make_document(), ada)


def changes_url(annotation_set):
    return f"/api/v1/annotation-sets/{annotation_set.pk}/changes/"


@pytest.fixture
def send(api, ada, ada_set):
    """Return a function that sends changes as Ada, or a body of its own."""

    def send_changes(*changes, base=0, user=ada, annotation_set=ada_set, **fields):
        body = {"base_revision": base, "sha256": annotation_set.document.sha256, "changes": list(changes)} | fields
        return api(user).post(changes_url(annotation_set), body)

    return send_changes


def test_changes_are_saved_and_listed(send, api, ada, ada_set):
    saved = send(CLAIM)

    assert (saved.status_code, saved.json()) == (200, {"revision": 1, "applied": [CLAIM["id"]], "duplicates": []})
    log = api(ada).get(changes_url(ada_set)).json()
    assert (log["revision"], log["state"]) == (1, "open")
    entry = log["changes"][0]
    assert entry.pop("at").endswith("Z")
    assert entry == CLAIM | {"revision": 1, "by": "ada"}
    assert api(ada).get(changes_url(ada_set) + "?since=1").json()["changes"] == []


def test_whole_set_is_read(send, api, ada, ada_set):
    other, said = wire(add(span("s", "Speaker", (4, 8)))), wire(add(relation("r", "attributed-to", "c", "s")))
    send(CLAIM, other, said)

    answer = api(ada).get(f"/api/v1/annotation-sets/{ada_set.pk}/").json()

    assert answer["spans"] == [CLAIM["span"], other["span"]]
    assert answer["relations"] == [said["relation"]]
    assert (answer["revision"], answer["state"], answer["name"], answer["schema_version"]) == (3, "open", "ada", 1)


def test_resend_is_answered_like_a_success(send):
    send(CLAIM)

    again = send(CLAIM)

    assert (again.status_code, again.json()) == (200, {"revision": 1, "applied": [], "duplicates": [CLAIM["id"]]})


def test_stale_revision_is_refused(send, ada_set):
    send(CLAIM)

    response = send(wire(add(span("s", "Speaker", (4, 8)))))

    problem = response.json()
    assert (response.status_code, problem["code"], problem["revision"]) == (409, "stale_revision", 1)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [change["id"] for change in problem["changes"]] == [CLAIM["id"]]
    assert ada_set.changes.count() == 1


def test_invalid_change_is_named(send):
    bad = wire(remove(span("x", "Claim", (0, 3))))

    response = send(CLAIM, bad)

    problem = response.json()
    assert (response.status_code, problem["code"], problem["change_id"]) == (422, "invalid_change", bad["id"])
    assert problem["reason"] == "span_missing"
    assert problem["errors"] == [{"pointer": "/changes/1/span/id", "detail": "There is no span x."}]


def test_different_text_and_closed_set_are_conflicts(send, ada_set, now):
    assert send(CLAIM, sha256="0" * 64).json()["code"] == "wrong_text"
    lifecycle.submit(ada_set, now=now)
    refused = send(CLAIM)
    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "set_closed", "submitted")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"base_revision": "0"}, "/base_revision"),
        ({"base_revision": -1}, "/base_revision"),
        ({"base_revision": True}, "/base_revision"),
        ({"base_revision": None}, "/base_revision"),
        ({"base_revision": 2**40}, "/base_revision"),
        ({"sha256": None}, "/sha256"),
        ({"changes": None}, "/changes"),
        ({"changes": {"0": CLAIM}}, "/changes"),
    ],
)
def test_malformed_batch_is_refused(send, fields, pointer):
    response = send(CLAIM, **fields)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null", b"7"])
def test_body_without_object_is_refused(api, ada, ada_set, body):
    response = api(ada).post(changes_url(ada_set), body, content_type="application/json")

    assert response.status_code == 422


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"base_revision": NaN}', b'{"sha256": "\\ud800"}'])
def test_invalid_json_is_refused(api, ada, ada_set, body):
    response = api(ada).post(changes_url(ada_set), body, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("since", ["-1", "x", "²", "1" * 12])
def test_since_must_be_a_whole_number(api, ada, ada_set, since):
    assert api(ada).get(changes_url(ada_set), {"since": since}).status_code == 422


def test_only_the_annotator_changes_a_set(send, ben, lead, viewer, stranger, ada_set):
    for user in (ben, lead, viewer, stranger):
        assert send(CLAIM, user=user).status_code == 404
    assert send(CLAIM, user=None).status_code == 401
    assert AnnotationSet.objects.get(pk=ada_set.pk).revision == 0


@pytest.mark.parametrize("path", ["submit/", "reopen/"])
def test_only_the_annotator_submits_or_reopens(api, ben, lead, viewer, stranger, ada_set, path):
    for user in (ben, lead, viewer, stranger):
        assert api(user).post(f"/api/v1/annotation-sets/{ada_set.pk}/{path}").status_code == 404


def test_imported_set_cannot_be_changed(send, make_set, lead, ada, ada_set):
    imported = make_set(ada_set.document, "A")

    assert send(CLAIM, user=lead, annotation_set=imported).status_code == 404
    assert send(CLAIM, user=ada, annotation_set=imported).status_code == 404


def test_set_is_submitted_and_reopened(api, ada, ada_set, send):
    submitted = api(ada).post(f"/api/v1/annotation-sets/{ada_set.pk}/submit/")
    assert (submitted.status_code, submitted.json()["state"]) == (200, "submitted")
    assert submitted.json()["submitted_at"] is not None

    reopened = api(ada).post(f"/api/v1/annotation-sets/{ada_set.pk}/reopen/")
    assert (reopened.json()["state"], reopened.json()["submitted_at"]) == ("open", None)
    assert send(CLAIM).status_code == 200


def test_lead_adopts_a_set_and_annotator_cannot(api, ada, lead, viewer, ada_set, now):
    url = f"/api/v1/annotation-sets/{ada_set.pk}/adopt/"
    assert api(lead).post(url).json()["code"] == "not_submitted"
    lifecycle.submit(ada_set, now=now)
    assert api(ada).post(url).status_code == api(viewer).post(url).status_code == 404

    settled = api(lead).post(url)

    assert (settled.status_code, settled.json()["kind"], settled.json()["name"]) == (201, "adjudicated", "adjudicated")
    assert api(lead).post(url).json()["code"] == "already_adjudicated"
    reopened = api(ada).post(f"/api/v1/annotation-sets/{ada_set.pk}/reopen/")
    assert (reopened.status_code, reopened.json()["code"]) == (409, "already_adjudicated")


def test_former_member_sees_and_changes_nothing(send, api, ada, ada_set):
    Membership.objects.filter(user=ada).delete()

    assert send(CLAIM).status_code == 404
    assert api(ada).get(changes_url(ada_set)).status_code == 404
    assert api(ada).get(f"/api/v1/annotation-sets/{ada_set.pk}/").status_code == 404
    assert api(ada).get(f"/api/v1/documents/{ada_set.document_id}/").status_code == 404


def test_viewer_sees_but_cannot_change(send, api, ada, ada_set):
    Membership.objects.filter(user=ada).update(role=Role.VIEWER)

    assert send(CLAIM).status_code == 404
    assert api(ada).get(changes_url(ada_set)).status_code == 200


def test_annotators_never_see_sets_of_others(api, ada, ben, lead, ada_set, make_set):
    ben_set = make_set(ada_set.document, ben)
    make_set(ada_set.document, "A")

    for path in ("", "changes/", "editor/"):
        assert api(ada).get(f"/api/v1/annotation-sets/{ben_set.pk}/{path}").status_code == 404
    listed = api(ada).get(f"/api/v1/documents/{ada_set.document_id}/annotation-sets/").json()["results"]
    assert [entry["name"] for entry in listed] == ["ada"]
    everything = api(lead).get(f"/api/v1/documents/{ada_set.document_id}/annotation-sets/").json()["results"]
    assert {entry["name"] for entry in everything} == {"ada", "ben", "A"}


def test_missing_and_hidden_sets_look_the_same(api, ben, ada_set):
    hidden = api(ben).get(f"/api/v1/annotation-sets/{ada_set.pk}/").json()
    missing = api(ben).get("/api/v1/annotation-sets/987654/").json()

    assert hidden | {"instance": "", "detail": ""} == missing | {"instance": "", "detail": ""}


def test_hostile_text_is_returned_unchanged(send, api, ada, ada_set):
    hostile = "</script><img src=x onerror=alert(1)>{{ 7*7 }}\u202e\r\n𝄞"
    change = wire(add(span("h" * 64, "Claim", (0, 3), note=hostile)))

    send(change | {"id": new_id()})

    assert api(ada).get(f"/api/v1/annotation-sets/{ada_set.pk}/").json()["spans"][0]["note"] == hostile


@pytest.mark.parametrize("path", ["changes", "submit", "reopen"])
def test_set_withdrawn_at_the_same_moment_is_not_found(send, api, ada, ada_set, monkeypatch, path):
    """The set is deleted after the request has read it, as when a lead withdraws the document then."""
    lock = lifecycle.lock

    def withdrawn_first(annotation_set):
        AnnotationSet.objects.filter(pk=annotation_set.pk).delete()
        return lock(annotation_set)

    monkeypatch.setattr(lifecycle, "lock", withdrawn_first)
    url = changes_url(ada_set).replace("changes", path)
    response = send(CLAIM) if path == "changes" else api(ada).post(url)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert "withdrawn" in response.json()["detail"]
