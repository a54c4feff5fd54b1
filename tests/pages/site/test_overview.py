"""The overview of a project for leads: how far, when done, how good, who needs help."""

from datetime import date, timedelta

import pytest

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.site.dashboard import progress
from annotator.workload.assignments import services
from annotator.workload.assignments.models import Assignment
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def weeks_of_work(project, make_document, ada, ben):
    """Ten documents with two slots each; Ada submits two sets a week for three weeks, Ben one."""
    for number in range(10):
        make_document(f"Text {number}.")
    for week in range(3):
        at = NOW - timedelta(weeks=2 - week)
        for user in (ada, ada, ben):
            lifecycle.submit(services.next_document(project, user=user, now=at).assignment.annotation_set, now=at)


def test_forecast_follows_the_pace_of_four_weeks(project, weeks_of_work):
    rounds, past = progress.round_progress(project), progress.weeks(project)
    forecast = progress.forecast(rounds, past, today=NOW.date())

    assert [(week.submitted, week.total, week.by_person) for week in past] == [
        (3, 3 * number, {"ada": 2, "ben": 1}) for number in (1, 2, 3)
    ]
    assert (forecast.done, forecast.slots, forecast.percent) == (9, 20, 45)
    assert forecast.ends == NOW.date() + timedelta(weeks=11 / (9 / 4))
    assert progress.burn_up(past, slots=20) == "0,102 250,84 500,66"
    assert progress.forecast(rounds, past, today=date(2030, 1, 1)).ends is None


def test_excluded_work_is_not_progress(project, weeks_of_work, lead, ada):
    services.exclude_work(
        project, AnnotationSet.objects.filter(annotator=ada).first(), reason="Random clicks", by=lead, now=NOW
    )
    assert progress.weeks(project)[-1].total == 8


def test_overview_shows_figures_with_links_to_their_rows(page, project, weeks_of_work, lead, viewer, ada):
    Assignment.objects.filter(annotator=ada).update(created_at=NOW - timedelta(days=40))
    body = " ".join(page(lead).get("/projects/news/").content.decode().split())
    assert "9 of 20 annotation sets are submitted (45 %)." in body
    assert '<a href="/projects/news/board/?person=ada">' in body
    assert '<a href="/projects/news/board/?round=none">No round</a>' in body
    assert "board/?round" not in page(viewer).get("/projects/news/").content.decode()
    assert "annotation sets are submitted" not in page(ada).get("/projects/news/").content.decode()
