"""The overview of a project for leads: how far, when done, how good, who needs help; every mark leads to its rows."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.site.dashboard import charts, progress
from annotator.workload.assignments import services
from annotator.workload.assignments.models import Assignment, DocumentPlan, SetTally, WeekTally
from annotator.workload.assignments.services import tallies
from annotator.workload.timing.services import report
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
MINUTE = 60_000


@pytest.fixture
def weeks_of_work(project, make_document, ada, ben):
    """Ten documents with two slots each; Ada submits two sets a week for three weeks, Ben one; Ben takes a minute."""
    for number in range(10):
        make_document(f"Text {number}.")
    for week in range(3):
        at = NOW - timedelta(weeks=2 - week)
        for user in (ada, ada, ben):
            done = services.next_document(project, user=user, now=at).assignment.annotation_set
            lifecycle.submit(done, now=at)
            if user == ben:
                began = int(at.timestamp() * 1000)
                report(done, [(began, began + MINUTE)], sent_at=began + MINUTE, now=at + timedelta(minutes=1))


def _past(project):
    assert tallies.bring_up_to_date(project, by=None, now=NOW) is None
    return progress.person_weeks(project)


def test_forecast_follows_the_pace_of_four_weeks(project, weeks_of_work):
    work = _past(project)
    rounds, past = progress.round_progress(project), progress.weeks(work)
    forecast = progress.forecast(rounds, past, today=NOW.date())

    assert [(week.submitted, week.total, week.by_person) for week in past] == [
        (3, 3 * number, {"ada": 2, "ben": 1}) for number in (1, 2, 3)
    ]
    assert (forecast.done, forecast.slots, forecast.percent) == (9, 20, 45)
    assert forecast.ends == NOW.date() + timedelta(weeks=11 / (9 / 4))
    chart = charts.burn_up(past, forecast, today=NOW.date())
    assert [point.y for point in chart.points] == [127.5, 105.0, 82.5]
    assert chart.ahead.split()[1].endswith(",0.0")
    assert progress.forecast(rounds, past, today=date(2030, 1, 1)).ends is None
    assert forecast.pace == 2.2
    assert progress.forecast(rounds, [replace(past[-1], submitted=35_846)], today=NOW.date()).pace == 8_962
    mondays, people = progress.people_by_week(work, today=NOW.date())
    assert mondays == [week.monday for week in past]
    assert progress.people_by_week([], today=NOW.date()) == ([], [])
    assert [(one.name, one.sets, one.seconds, one.weeks[-1].median_seconds) for one in people] == [
        ("ada", 6, 0, None),
        ("ben", 3, 180, 60),
    ]


def test_tallies_follow_every_change_of_a_set(project, weeks_of_work, lead, ada):
    assert progress.weeks(_past(project))[-1].total == 9
    own = AnnotationSet.objects.filter(annotator=ada).order_by("id")
    exclusion = services.exclude_work(project, own[0], reason="Random clicks", by=lead, now=NOW)
    assert progress.weeks(_past(project))[-1].total == 8
    lifecycle.reopen(own[1])
    assert progress.weeks(_past(project))[-1].total == 7
    lifecycle.submit(own[1], now=NOW)
    services.lift_exclusion(exclusion, by=lead, now=NOW)
    assert [week.submitted for week in progress.weeks(_past(project))] == [2, 3, 4]
    figures = list(DocumentPlan.objects.order_by("document").values_list("stage", "submitted", "seconds"))
    AnnotationSet.objects.update(is_tallied=False)
    SetTally.objects.all().delete()
    WeekTally.objects.all().delete()
    assert [week.submitted for week in progress.weeks(_past(project))] == [2, 3, 4]
    assert figures == list(DocumentPlan.objects.order_by("document").values_list("stage", "submitted", "seconds"))


def test_every_mark_of_the_overview_leads_to_its_rows(page, project, weeks_of_work, lead, viewer, ada):
    Assignment.objects.filter(annotator=ada).update(created_at=NOW - timedelta(days=40))
    client = page(lead)
    body = " ".join(client.get("/projects/news/").content.decode().split())
    assert "9 of 20 annotation sets are submitted (45&nbsp;%)." in body
    assert '<a href="/projects/news/board/?person=ada">' in body
    assert '<a href="/projects/news/board/?round=none">' in body
    shown = page(viewer).get("/projects/news/").content.decode()
    assert "board/?round" not in shown
    assert "Minutes per 1,000 words" not in shown
    assert "annotation sets are submitted" not in page(ada).get("/projects/news/").content.decode()
    monday = tallies.monday_of(NOW).isoformat()
    stages = {"unassigned", "begun", "submitted", "adjudicated"}
    counts = {stage: len(_rows(client, f"?stage={stage}")) for stage in stages}
    for number, name in re.findall(r"stage=(\w+)&amp;round=none[^>]*><rect.*?: (\d+)</title>", body):
        assert counts[number] == int(name)
    assert sum(counts.values()) == 10
    assert len(_rows(client, f"?week={monday}&person=ada")) == 2
    assert len(_rows(client, f"?week={monday}")) in (2, 3)


def _rows(client, query):
    response = client.get(f"/projects/news/documents/{query}")
    assert response.status_code == 200
    return response.context["table"].rows
