from base64 import b64encode
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from annotator.agreement import services
from annotator.agreement.models import AgreementReport
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.jobs import services as jobs
from projects.models import Membership
from projects.roles import Role
from tests.notation import make_spans

pytestmark = pytest.mark.django_db(transaction=True)

TEXT, SPANS = make_spans("Ada[Speaker] said [it rained](Claim kind=fact) and [it did](Claim kind=fact).")


@pytest.fixture
def documents(project, ada, ben, make_document, make_set):
    """Three documents: two people agree on the first, not on the second, and marked nothing in the third."""
    made = [make_document(f"{TEXT}{'!' * number}") for number in range(3)]
    for document, of_ben in zip(made, (SPANS, SPANS[:1], []), strict=True):
        make_set(document, ada, SPANS if of_ben else [], state="submitted", revision=3)
        make_set(document, ben, of_ben, state="submitted", revision=1)
    return made


@pytest.fixture
def report(documents, project):
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    jobs.run_here(services.job_of(report))
    report.refresh_from_db()
    return report


def reports_url(slug="news"):
    return reverse("agreement-api:reports", args=[slug])


def report_url(report, name="report"):
    return reverse(f"agreement-api:{name}", args=[report.pk])


def test_a_report_is_started_and_answered_with_its_job(documents, api, lead, project):
    response = api(lead).post(reports_url())

    body = response.json()
    report = AgreementReport.objects.get()
    assert response.status_code == 202
    assert (body["id"], body["job"], body["project"]) == (report.pk, report.job_id, "news")
    assert (body["created_by"], body["measured_at"], body["result"]) == ("lena", None, None)


def test_with_nothing_to_compare_no_report_is_started(project, api, lead):
    response = api(lead).post(reports_url())

    assert (response.status_code, response.json()["code"]) == (409, "nothing_to_compare")
    assert not AgreementReport.objects.exists()


def test_the_figures_of_a_report(report, api, viewer):
    body = api(viewer).get(report_url(report)).json()

    claims = body["result"]["labels"][0]
    assert body["stale"] == {
        "is_stale": False,
        "changed": 0,
        "withdrawn": 0,
        "added": 0,
        "is_complete": True,
        "summary": "",
    }
    assert (claims["label"], claims["spans"]) == ("Claim", 6)
    assert claims["exact_f1"] == {"value": pytest.approx(4 / 6), "undefined": None, "low": None, "high": None}
    assert body["result"]["labels"][2]["alpha_tokens"]["undefined"] == "no_spans"
    [few] = body["enough_for"]
    assert (few["verdict"], few["labels"]) == ("few", ["Claim", "Speaker"])
    assert few["sentence"].startswith("Not known yet, because there are too few documents or spans")


def test_changes_since_a_report_are_returned(report, api, viewer):
    AnnotationSet.objects.filter(name="ada", document__external_id="document-1").update(revision=9)

    body = api(viewer).get(report_url(report)).json()

    counts = {"changed": 1, "withdrawn": 0, "added": 0}
    assert body["stale"] == {"is_stale": True, **counts, "is_complete": True, "summary": "1 annotation set changed."}


def test_documents_are_paged_worst_first(report, documents, api, viewer):
    client = api(viewer)
    found, url = [], f"{report_url(report, 'documents')}?page_size=1"
    while url:
        body = client.get(url).json()
        found += body["results"]
        url = body["next"]

    assert [row["document"] for row in found] == [documents[1].pk, documents[0].pk, documents[2].pk]
    assert found[0]["figures"]["overall"]["overlap_f1"]["value"] == 0.5
    assert found[2]["figures"]["overall"]["overlap_f1"]["undefined"] == "no_spans"
    assert [(each["name"], each["revision"]) for each in found[0]["sets"]] == [("ada", 3), ("ben", 1)]


def test_documents_with_equal_figures_are_paged_once(project, make_document, make_set, api, viewer):
    for number in range(7):
        document = make_document(f"{TEXT} {number}")
        make_set(document, "A", SPANS)
        make_set(document, "B", SPANS)
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    jobs.run_here(services.job_of(report))

    client = api(viewer)
    found, url = [], f"{report_url(report, 'documents')}?page_size=2"
    while url:
        body = client.get(url).json()
        found += [row["document"] for row in body["results"]]
        url = body["next"]

    assert len(found) == len(set(found)) == 7


@pytest.mark.parametrize("cursor", ["p=abc", "p=nan", "p=inf", "p=1e999", "p=" + "9" * 40, "o=abc", "p=\0", "p=\udcff"])
def test_forged_cursors_are_refused(report, api, viewer, cursor):
    encoded = quote(b64encode(cursor.encode(errors="surrogateescape")))
    for address in (report_url(report, "documents"), reports_url(), report_url(report, "disagreements")):
        response = api(viewer).get(f"{address}?cursor={encoded}")

        assert (response.status_code, response.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("cursor", ["%FF", "a", "p=1"])
def test_cursor_that_is_no_base64_is_refused(report, api, viewer, cursor):
    response = api(viewer).get(f"{report_url(report, 'documents')}?cursor={cursor}")

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


def test_the_reports_of_a_project_are_listed_newest_first(report, project, api, viewer):
    later = services.start_report(project, started_by=None, now=timezone.now())

    body = api(viewer).get(reports_url()).json()

    assert [row["id"] for row in body["results"]] == [later.pk, report.pk]
    assert "result" not in body["results"][0]


@pytest.mark.parametrize("who", ["ada", "stranger"])
def test_annotators_and_strangers_see_no_report(report, api, request, who):
    client = api(request.getfixturevalue(who))

    for url in (reports_url(), report_url(report), report_url(report, "documents")):
        assert client.get(url).status_code == 404
    assert client.post(reports_url()).status_code == 404


def test_viewers_read_and_adjudicators_measure(documents, api, viewer, make_user, project):
    adjudicator = make_user("adam")
    Membership.objects.create(project=project, user=adjudicator, role=Role.ADJUDICATOR, joined_at=timezone.now())

    assert api(viewer).get(reports_url()).status_code == 200
    assert api(viewer).post(reports_url()).status_code == 404
    assert api(adjudicator).post(reports_url()).status_code == 202


def test_anonymous_requests_are_refused(report, api):
    assert api().get(report_url(report)).status_code == 401
