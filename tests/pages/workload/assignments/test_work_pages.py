"""The pages of work: one's own documents, the next one, and who has which."""

import pytest

from annotator.corpus.spans.lifecycle import submit
from annotator.workload.assignments import services
from annotator.workload.assignments.models import Assignment

pytestmark = pytest.mark.django_db


@pytest.fixture
def give(project, now):
    """Return a function that gives somebody the next document."""

    def next_document(user):
        return services.next_document(project, user=user, now=now).assignment

    return next_document


def test_annotator_sees_own_documents_only(page, make_document, give, ada, ben, now):
    for number in range(3):
        make_document(f"Text {number}.", title=f"Title {number}")
    submit(give(ada).annotation_set, now=now)
    mine, other = give(ada), give(ben)

    html = page(ada).get("/projects/news/work/").content.decode()

    assert "1 of 2 documents submitted." in html
    assert f"/annotation-sets/{mine.annotation_set_id}/" in html
    assert f"/annotation-sets/{other.annotation_set_id}/" not in html
    assert "ben" not in html
    assert "Assignments of all annotators" not in html


def test_next_document_opens_the_editor(page, make_document, ada):
    make_document()

    response = page(ada).post("/projects/news/next/")

    made = Assignment.objects.get()
    assert (response.status_code, response.url) == (302, f"/annotation-sets/{made.annotation_set_id}/")


def test_page_says_when_no_document_is_left(page, project, ada):
    response = page(ada).post("/projects/news/next/", follow=True)

    assert response.redirect_chain == [("/projects/news/work/", 302)]
    assert "No further document can be assigned to you" in response.content.decode()


def test_document_is_assigned_on_request_only(page, make_document, ada):
    make_document()

    assert page(ada).get("/projects/news/next/").url == "/projects/news/"
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("path", ["work/", "next/", "assignments/"])
def test_pages_need_membership_and_sign_in(page, project, stranger, path):
    method = "post" if path == "next/" else "get"

    assert getattr(page(stranger), method)(f"/projects/news/{path}").status_code == 404
    assert getattr(page(), method)(f"/projects/news/{path}").url.startswith("/sign-in/")


def test_viewers_have_no_documents_and_annotators_no_list(page, viewer, ada, project):
    assert page(viewer).get("/projects/news/work/").status_code == 404
    assert page(viewer).post("/projects/news/next/").status_code == 404
    assert page(ada).get("/projects/news/assignments/").status_code == 404
    assert page(viewer).get("/projects/news/assignments/").status_code == 200


def test_lead_withdraws_an_untouched_document(page, make_document, give, ada, ben, lead, now):
    make_document("One.", title="<b>One</b>")
    untouched, done = give(ada), give(ben)
    submit(done.annotation_set, now=now)

    html = page(lead).get("/projects/news/assignments/").content.decode()

    assert "&lt;b&gt;One&lt;/b&gt;" in html
    assert f"/assignments/{untouched.pk}/withdraw/" in html
    assert f"/assignments/{done.pk}/withdraw/" not in html
    refused = page(lead).post(f"/assignments/{done.pk}/withdraw/", follow=True)
    assert "ben has started" in refused.content.decode()
    taken = page(lead).post(f"/assignments/{untouched.pk}/withdraw/", follow=True)
    assert "from ada." in taken.content.decode()
    assert list(Assignment.objects.all()) == [done]


def test_only_leads_withdraw_documents(page, make_document, give, ada, ben, viewer, stranger):
    make_document()
    assignment = give(ada)

    for user in (ada, ben, viewer, stranger):
        assert page(user).post(f"/assignments/{assignment.pk}/withdraw/").status_code == 404
    assert Assignment.objects.exists()
