"""Active time on the overview pages, for leads only."""

import pytest
from django.urls import reverse

from annotator.workload.timing.models import ActiveTime

pytestmark = pytest.mark.django_db


@pytest.fixture
def timed_set(make_document, make_set, ada, now):
    """A set of Ada's, handed in after 90 minutes over 1,500 words."""
    annotation_set = make_set(make_document(), ada, state="submitted")
    ActiveTime.objects.create(annotation_set=annotation_set, seconds=5400, words=1500, reported_at=now)
    return annotation_set


def test_a_lead_sees_active_time_and_pace(page, lead, timed_set):
    html = page(lead).get(reverse("dashboard:project", args=["news"])).content.decode()

    assert '<td class="number">1 h 30 min</td>' in html
    assert '<td class="number">60.0</td>' in html
    assert "median of 1 submitted set" in html


def test_a_lead_sees_the_active_time_of_each_set(page, lead, timed_set, make_set):
    make_set(timed_set.document, "nobody measured")

    html = page(lead).get(reverse("dashboard:document", args=[timed_set.document_id])).content.decode()

    assert html.count('<td class="number">1 h 30 min</td>') == 1
    assert html.count('<td class="number">–</td>') == 1


@pytest.mark.parametrize("who", ["ada", "viewer"])
def test_other_members_do_not_see_active_time(page, timed_set, who, request):
    client = page(request.getfixturevalue(who))

    answers = [
        client.get(reverse("dashboard:project", args=["news"])),
        client.get(reverse("dashboard:document", args=[timed_set.document_id])),
    ]
    assert all("1 h 30 min" not in answer.content.decode() for answer in answers)
