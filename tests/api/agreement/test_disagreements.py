import pytest
from django.urls import reverse
from django.utils import timezone

from annotator.agreement import services
from annotator.agreement.models import AgreementReport
from annotator.platform.jobs import services as jobs
from tests.notation import make_spans

pytestmark = pytest.mark.django_db(transaction=True)

TEXT, SPANS = make_spans("Ada[Speaker] said [it rained](Claim kind=fact) and [it did](Claim kind=fact).")


@pytest.fixture
def report(project, ada, ben, make_document, make_set):
    document = make_document(TEXT)
    make_set(document, ada, SPANS, state="submitted")
    make_set(document, ben, [SPANS[0], {**SPANS[1], "attributes": {"kind": "position"}}], state="submitted")
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    jobs.run_here(services.job_of(report))
    return report


def test_disagreements_come_with_both_versions(report, api, viewer):
    address = reverse("agreement-api:disagreements", args=[report.pk])

    body = api(viewer).get(address).json()

    first, second = body["results"]
    assert (first["kind"], first["attribute"], first["first"], first["second"]) == ("attribute", "kind", "ada", "ben")
    assert [side[0]["value"] for side in (first["versions"]["first"], first["versions"]["second"])] == [
        "fact",
        "position",
    ]
    assert (second["kind"], second["versions"]["second"]) == ("missed", [])
    assert TEXT[second["start"] : second["end"]] == "it did"
    assert len(api(viewer).get(f"{address}?kind=missed").json()["results"]) == 1


@pytest.mark.parametrize("who", ["ada", "stranger"])
def test_users_without_permission_find_no_disagreements(report, api, request, who):
    address = reverse("agreement-api:disagreements", args=[report.pk])

    assert api(request.getfixturevalue(who)).get(address).status_code == 404


def test_the_api_accepts_filters(report, api, lead):
    response = api(lead).post(
        reverse("agreement-api:reports", args=["news"]), {"labels": ["Claim"], "blind": True}, format="json"
    )

    assert response.status_code == 202
    assert response.json()["scope"] == {"labels": ["Claim"], "blind": True}
    assert AgreementReport.objects.count() == 2


def test_an_invalid_filter_is_refused(report, api, lead):
    response = api(lead).post(reverse("agreement-api:reports", args=["news"]), {"since": "soon"}, format="json")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/since")
