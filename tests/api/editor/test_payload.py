"""The editor's one answer."""

import gzip

import pytest

from annotator.corpus.spans.models import AnnotationSet, SetState
from tests.notation import make_spans

pytestmark = pytest.mark.django_db

MARKED = "[Ada Lovelace](Speaker canonical=Ada) said [it rained](Claim kind=fact).\r\n👩🏽‍🚀 left."


@pytest.fixture
def ada_set(make_document, make_set, ada):
    text, spans = make_spans(MARKED)
    return make_set(make_document(text, title="Rain"), ada, spans)


def load(client, annotation_set):
    return client.get(f"/api/v1/annotation-sets/{annotation_set.pk}/editor/")


def test_everything_comes_in_one_answer(api, ada, ada_set, django_assert_max_num_queries):
    text, spans = make_spans(MARKED)
    with django_assert_max_num_queries(13):
        answer = load(api(ada), ada_set).json()

    assert answer["document"] == {
        "id": ada_set.document_id,
        "title": "Rain",
        "sha256": ada_set.document.sha256,
        "meta": [],
        "text": text,
        "tokens": [0, 3, 1, 8, 1, 4, 1, 2, 1, 6, 0, 1, 2, 4, 1, 4, 0, 1],
        "sentences": [0, 28, 2, 10],
    }
    assert answer["set"] == {
        "id": ada_set.pk,
        "name": "ada",
        "state": "open",
        "revision": 0,
        "schema_version": 1,
        "guideline_version": 1,
        "editable": True,
        "waived_hints": [],
        "active_seconds": 0,
        "spans": spans,
        "relations": [],
        "restored": [],
        "document_attributes": {},
    }
    assert answer["schema"]["labels"][0]["id"] == "Claim"
    assert answer["speakers"] == ["Ada"]
    assert answer["project"] == {
        "slug": "news",
        "name": "News",
        "snap": True,
        "show_optional_labels": False,
        "review_on_submit": True,
    }


def test_the_names_that_others_gave_are_not_offered(api, ada, ben, lead, ada_set, make_document, make_set):
    text, spans = make_spans("[Ben Two](Speaker canonical=Ben_Secret) spoke.")
    ben_set = make_set(make_document(text), ben, spans)

    assert load(api(ada), ada_set).json()["speakers"] == ["Ada"]
    assert load(api(ben), ben_set).json()["speakers"] == ["Ben_Secret"]
    assert load(api(lead), ben_set).json()["speakers"] == []


@pytest.mark.parametrize("state", [SetState.SUBMITTED, SetState.ADJUDICATED])
def test_a_closed_set_cannot_be_edited(api, ada, ada_set, state):
    AnnotationSet.objects.update(state=state)

    answer = load(api(ada), ada_set).json()["set"]

    assert (answer["state"], answer["editable"]) == (state, False)


def test_others_with_a_right_to_it_only_read(api, lead, viewer, ben, stranger, ada_set):
    for user in (lead, viewer):
        assert load(api(user), ada_set).json()["set"]["editable"] is False
    for user in (ben, stranger):
        assert load(api(user), ada_set).status_code == 404
    assert load(api(), ada_set).status_code == 401


def test_the_answer_is_compressed(api, ada, ada_set):
    response = api(ada).get(f"/api/v1/annotation-sets/{ada_set.pk}/editor/", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert b'"tokens":[' in gzip.decompress(response.content)


def test_upcoming_document_is_given_without_being_assigned(api, ada, ben, viewer, ada_set, make_document, project):
    url = f"/api/v1/annotation-sets/{ada_set.pk}/upcoming/"
    assert api(ada).get(url).status_code == 204
    project.shown_meta = ["source"]
    project.save()
    document = make_document("It rained.\n", meta={"source": "https://example.org/1"})

    api(ben).post("/api/v1/projects/news/next-document/")

    answer = api(ada).get(url).json()

    assert answer["document"]["id"] == document.pk
    assert answer["document"]["meta"] == [{"name": "source", "text": "https://example.org/1", "is_link": True}]
    assert (answer["set"]["id"], answer["set"]["name"], answer["set"]["spans"]) == (None, "ada", [])
    assert not document.annotation_sets.filter(annotator=ada).exists()
    assert [api(user).get(url).status_code for user in (ben, viewer)] == [404, 404]
    assigned = api(ada).post("/api/v1/projects/news/next-document/").json()
    assert (assigned["document"], assigned["revision"]) == (document.pk, 0)
    assert {name: answer["set"][name] for name in ("schema_version", "guideline_version")}.items() <= assigned.items()


def test_upcoming_document_is_none_while_another_one_is_open(api, ada, ada_set, make_document):
    for number in range(2):
        make_document(f"It rained {number}.\n")
    api(ada).post("/api/v1/projects/news/next-document/")

    assert api(ada).get(f"/api/v1/annotation-sets/{ada_set.pk}/upcoming/").status_code == 204
