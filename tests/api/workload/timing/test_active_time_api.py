"""Active time over the API: who may report, who may read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.workload.timing.models import ActiveTime

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_set(make_document, make_set, ada):
    """A set of Ada's, made a moment ago."""
    return make_set(make_document(), ada, created_at=timezone.now() - timedelta(hours=1))


def _now():
    return int(timezone.now().timestamp() * 1000)


def _report(client, annotation_set, *seconds_ago, now=None):
    now = now or _now()
    periods = [[now - 1000 * start, now - 1000 * end] for start, end in seconds_ago]
    url = f"/api/v1/annotation-sets/{annotation_set.pk}/active-time/"
    return client.post(url, {"now": now, "periods": periods}, format="json")


def test_annotator_reports_and_reads_active_time(api, ada, own_set):
    client, now = api(ada), _now()

    answers = [_report(client, own_set, (300, 180), now=now) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"active_seconds": 120})] * 2
    assert client.get(f"/api/v1/annotation-sets/{own_set.pk}/active-time/").json() == {"active_seconds": 120}
    payload = client.get(f"/api/v1/annotation-sets/{own_set.pk}/editor/").json()
    assert payload["set"]["active_seconds"] == 120


def test_only_the_annotator_reports_active_time(api, lead, ben, stranger, own_set):
    assert [_report(api(user), own_set, (9, 1)).status_code for user in (lead, ben, stranger)] == [404] * 3
    assert not ActiveTime.objects.exists()


def test_annotator_and_lead_read_active_time(api, lead, ben, viewer, stranger, own_set):
    url = f"/api/v1/annotation-sets/{own_set.pk}/active-time/"

    assert [api(user).get(url).status_code for user in (ben, viewer, stranger)] == [404] * 3
    assert api(lead).get(url).json() == {"active_seconds": 0}
    assert api(lead).get(f"/api/v1/annotation-sets/{own_set.pk}/editor/").json()["set"]["active_seconds"] is None


def test_only_the_lead_reads_times_and_pace(api, lead, ada, viewer, own_set):
    _report(api(ada), own_set, (120, 60))
    type(own_set).objects.update(state="submitted")

    [row] = api(lead).get("/api/v1/projects/news/active-time/").json()["results"]
    pace = api(lead).get("/api/v1/projects/news/pace/").json()
    assert (row["annotator"], row["words"], row["active_seconds"]) == ("ada", 4, 60)
    assert pace["minutes_per_1000_words"] == 250.0
    assert [person["annotator"] for person in pace["annotators"]] == ["ada"]
    closed = [
        api(user).get(f"/api/v1/projects/news/{what}/") for user in (ada, viewer) for what in ("active-time", "pace")
    ]
    assert [answer.status_code for answer in closed] == [404] * 4


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"now": 1, "periods": [[1]]},
        {"now": 1, "periods": [[1, 2, 3]]},
        {"now": 1, "periods": [["a", 2]]},
        {"now": -1, "periods": []},
        {"now": 1, "periods": [[0, 10**14]]},
        {"now": 1, "periods": [[0, 1]] * 501},
        {"now": 1, "periods": "all day"},
    ],
)
def test_invalid_report_is_refused(api, ada, own_set, body):
    answer = api(ada).post(f"/api/v1/annotation-sets/{own_set.pk}/active-time/", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
