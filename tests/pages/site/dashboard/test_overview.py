"""The overview pages: what each role sees of a project."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from annotator.corpus.spans.models import SetKind, SetState
from annotator.platform.accounts.models import User
from annotator.site.dashboard import selectors
from annotator.site.dashboard.progress import people_by_week, person_weeks
from annotator.workload.assignments.models import DocumentPlan, Round
from annotator.workload.assignments.services import tallies
from annotator.workload.assignments.services.plans import ensure_plans
from projects.models import Project
from projects.services import choose_to_annotate
from tests.conftest import NOW, MakeDocument, MakeSet

Page = Callable[[User | None], Client]


def test_the_list_has_the_projects_of_the_user(page: Page, ada: User, stranger: User, project: Project) -> None:
    mine, other = (page(user).get(reverse("dashboard:home")).content.decode() for user in (ada, stranger))

    assert "News" in mine
    assert "Elsewhere" not in mine
    assert "News" not in other


def test_a_user_without_projects_gets_help(page: Page, make_user: Callable[..., User]) -> None:
    assert "open the invitation link" in page(make_user("new")).get("/").content.decode()


def test_leads_are_offered_documents_in_the_list_only_when_they_annotate(
    page: Page, project: Project, lead: User, ada: User, make_document: MakeDocument, make_set: MakeSet
) -> None:
    make_set(make_document(), ada)
    assert "Resume" in page(ada).get("/").content.decode()
    assert "Next document" not in page(lead).get("/").content.decode()

    choose_to_annotate(project, lead, annotates=True)

    assert "Next document" in page(lead).get("/").content.decode()


def test_an_annotator_sees_no_other_annotators(
    page: Page, project: Project, ada: User, ben: User, make_document: MakeDocument, make_set: MakeSet
) -> None:
    make_set(make_document(), ben, state=SetState.SUBMITTED)

    html = page(ada).get(reverse("dashboard:project", args=["news"])).content.decode()

    assert "0 submitted, 0 open" in html
    assert "ben" not in html
    assert page(ada).get(reverse("dashboard:documents", args=["news"])).status_code == 404


def test_a_lead_sees_the_progress(
    project: Project, ada: User, ben: User, make_document: MakeDocument, make_set: MakeSet, now: datetime
) -> None:
    both, one, _ = make_document("1"), make_document("2"), make_document("3")
    for user in (ada, ben):
        make_set(both, user, state=SetState.SUBMITTED)
    make_set(both, "adjudicated", kind=SetKind.ADJUDICATED, state=SetState.ADJUDICATED)
    make_set(one, "adjudicated", kind=SetKind.ADJUDICATED)
    make_set(one, ada)
    make_set(one, "A")

    tallies.bring_up_to_date(project, by=None, now=now)
    _mondays, work = people_by_week(person_weeks(project), today=now.date())
    progress, people = selectors.progress_of(project), selectors.annotator_progress(project, work)

    assert progress == selectors.Progress(documents=3, begun=2, finished=1, adjudicated=1, imported=1)
    assert progress.unassigned == 1
    assert [(person.username, person.open, person.finished) for person in people] == [
        ("ada", 1, 1),
        ("ben", 0, 1),
        ("lena", 0, 0),
    ]


def test_other_projects_are_not_counted(
    project: Project, ada: User, make_project: Callable[..., Project], make_document: MakeDocument, make_set: MakeSet
) -> None:
    make_set(make_document("x", project=make_project("other")), ada, state=SetState.SUBMITTED)

    assert selectors.own_set_counts(project, ada) == selectors.SetCounts(open=0, finished=0)
    assert {person.finished for person in selectors.annotator_progress(project)} == {0}


@pytest.mark.parametrize(("search", "found"), [("rain", ["Rain"]), ("doc-sun", ["Sun"]), ("fog", [])])
def test_documents_are_found_by_title_or_id(
    page: Page, lead: User, make_document: MakeDocument, search: str, found: list[str]
) -> None:
    make_document("1", title="Rain", external_id="a")
    make_document("2", title="Sun", external_id="doc-sun")

    response = page(lead).get(reverse("dashboard:documents", args=["news"]), {"search": search})

    assert [row.document.title for row in response.context["table"].rows] == found


def test_a_document_shows_its_text_escaped_and_its_sets(
    page: Page, lead: User, make_document: MakeDocument, make_set: MakeSet
) -> None:
    document = make_document("<script>alert(1)</script> {{ 7*7 }}\r\n", title="<b>T</b>")
    twin = make_document(document.text)
    make_set(document, "A")

    html = page(lead).get(reverse("dashboard:document", args=[document.pk])).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in html
    assert "<b>T</b>" not in html
    assert ">A</a>" in html
    assert f'Duplicate of:\n      <a href="/documents/{twin.pk}/">' in html


def test_the_bar_of_each_round_has_its_name(
    page: Page, project: Project, lead: User, make_document: MakeDocument
) -> None:
    documents = [make_document(f"Text {number}.") for number in range(3)]
    ensure_plans(project)
    pilot = Round.objects.create(project=project, name="Pilot", annotators_per_document=2, created_at=NOW)
    DocumentPlan.objects.filter(document=documents[0]).update(round=pilot)

    body = page(lead).get("/projects/news/").content.decode()

    assert '<p class="small"><bdi>Pilot</bdi></p>' in body
    assert '<p class="small"><bdi>No round</bdi></p>' in body
