"""Asking for work over the API, and who sees whose."""

import pytest

from annotator.corpus.spans.models import AnnotationSet
from annotator.workload.assignments import services
from annotator.workload.assignments.models import Assignment
from projects.services import choose_to_annotate

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project):
    return f"/api/v1/projects/{project.slug}"


def test_annotator_gets_and_resumes_a_document(api, make_document, ada, url):
    document = make_document()

    first = api(ada).post(f"{url}/next-document/")
    again = api(ada).post(f"{url}/next-document/")

    made = AnnotationSet.objects.get()
    assert (first.status_code, first.json()) == (
        200,
        {
            "annotation_set": made.pk,
            "document": document.pk,
            "resumed": False,
            "revision": 0,
            "schema_version": 1,
            "guideline_version": 1,
        },
    )
    assert again.json() == first.json() | {"resumed": True}


def test_missing_document_is_a_problem(api, ada, url):
    response = api(ada).post(f"{url}/next-document/")

    assert (response.status_code, response.json()["code"]) == (404, "no_document_left")


def test_only_annotators_get_documents(api, project, make_document, lead, viewer, stranger, url):
    make_document()

    assert api(viewer).post(f"{url}/next-document/").json()["code"] == "not_found"
    assert api(stranger).post(f"{url}/next-document/").json()["code"] == "not_found"
    assert api().post(f"{url}/next-document/").status_code == 401
    refused = api(lead).post(f"{url}/next-document/")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_annotating")
    choose_to_annotate(project, lead, annotates=True)
    assert api(lead).post(f"{url}/next-document/").status_code == 200


def test_annotators_see_own_assignments_and_leads_all(
    api, make_document, project, ada, ben, lead, viewer, stranger, now, url
):
    make_document()
    for user in (ada, ben):
        services.next_document(project, user=user, now=now)

    def names(user):
        return [entry["annotator"] for entry in api(user).get(f"{url}/assignments/").json()["results"]]

    assert names(ada) == ["ada"]
    assert names(lead) == names(viewer) == ["ada", "ben"]
    assert api(stranger).get(f"{url}/assignments/").status_code == 404
    entry = api(ada).get(f"{url}/assignments/").json()["results"][0]
    assert (entry["state"], entry["revision"], entry["submitted_at"]) == ("open", 0, None)
    # A slot would tell how many others have the document.
    assert "slot" not in entry


def test_lead_withdraws_an_untouched_document(api, make_document, project, ada, ben, lead, viewer, stranger, now):
    make_document()
    assignment = services.next_document(project, user=ada, now=now).assignment
    url = f"/api/v1/assignments/{assignment.pk}/"

    for user in (ada, ben, viewer, stranger):
        assert api(user).delete(url).status_code == 404
    AnnotationSet.objects.update(revision=3)
    assert api(lead).delete(url).json()["code"] == "work_begun"
    AnnotationSet.objects.update(revision=0)

    assert api(lead).delete(url).status_code == 204
    assert not Assignment.objects.exists()
