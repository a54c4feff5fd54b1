"""Active time of a set: once, whoever reports it how often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from annotator.corpus.spans.models import SetState
from annotator.corpus.spans.problems import SetNotFound
from annotator.site.removal.services import delete_project
from annotator.workload.timing import selectors, services
from annotator.workload.timing.models import ActiveTime
from tests.waiting import LONG

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
MINUTE = 60_000


@pytest.fixture
def own_set(make_document, make_set, ada):
    """A set of Ada's over a text of four words."""
    return make_set(make_document("Ada said: it rained.\n"), ada)


@pytest.fixture
def begin(now):
    """When the set was made, in milliseconds since 1970."""
    return int(now.timestamp() * 1000)


@pytest.fixture
def report(now, begin):
    """Return a function that reports periods, in minutes since the set was made, an hour after that."""

    def tell(annotation_set, *minutes, clock_off=0):
        periods = [(begin + start * MINUTE + clock_off, begin + end * MINUTE + clock_off) for start, end in minutes]
        an_hour_later = now + timedelta(hours=1)
        sent_at = begin + 60 * MINUTE + clock_off
        return services.report(annotation_set, periods, sent_at=sent_at, now=an_hour_later)

    return tell


def test_repeated_report_adds_nothing(report, own_set):
    assert report(own_set, (0, 5)) == 300
    assert report(own_set, (0, 5)) == 300
    assert report(own_set, (0, 6), (20, 21)) == 420
    assert ActiveTime.objects.get().words == 4


def test_overlapping_windows_count_once(report, own_set):
    report(own_set, (0, 10))

    assert report(own_set, (5, 12)) == 720


def test_time_outside_the_set_does_not_count(report, own_set):
    assert report(own_set, (-30, 1), (59, 90)) == 120


def test_wrong_browser_clock_is_corrected(report, own_set):
    assert report(own_set, (0, 5), clock_off=24 * 60 * MINUTE) == 300


def test_small_clock_difference_is_not_corrected(own_set, begin, now):
    for seconds_later in (10, 70):
        services.report(
            own_set,
            [(begin, begin + 5_000)],
            sent_at=begin + 10_000,
            now=now + timedelta(seconds=seconds_later),
        )

    assert selectors.active_seconds(own_set) == 5


def test_empty_report_creates_no_row(report, own_set):
    assert report(own_set, (3, 3)) == 0
    assert not ActiveTime.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_reports_are_all_counted(report, own_set):
    together = Barrier(4)

    def tell(part):
        try:
            together.wait(LONG)
            report(own_set, (part * 10, part * 10 + 5))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, range(4)))

    assert selectors.active_seconds(own_set) == 4 * 300


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("comes", "waits_in"), [("first", "_create_row"), ("later", "_add")])
def test_report_during_project_deletion_finds_no_set(report, own_set, project, monkeypatch, comes, waits_in):
    if comes == "later":
        report(own_set, (0, 5))
    is_there = Event()
    original = getattr(services, waits_in)

    def tells_that_it_is_there(*args, **fields):
        is_there.set()
        return original(*args, **fields)

    def tell():
        try:
            report(own_set, (10, 15))
        finally:
            connection.close()

    monkeypatch.setattr(services, waits_in, tells_that_it_is_there)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            delete_project(project, confirmed=project.slug, with_releases=False)
            told = pool.submit(tell)
            assert is_there.wait(LONG)
        with pytest.raises(SetNotFound) as caught:
            told.result()

    assert caught.value.status == 404
    assert not ActiveTime.objects.exists()


def test_report_on_a_deleted_set_is_refused(report, own_set, project):
    delete_project(project, confirmed=project.slug, with_releases=False)

    with pytest.raises(SetNotFound):
        report(own_set, (0, 5))


def test_pace_is_the_median_over_finished_sets(report, make_document, make_set, project, ada, ben):
    words = "word " * 100
    for number, (author, minutes, state) in enumerate(
        [(ada, 2, SetState.SUBMITTED), (ada, 4, SetState.SUBMITTED), (ben, 10, SetState.ADJUDICATED), (ben, 50, "open")]
    ):
        report(make_set(make_document(f"{words}{number}."), author, state=state), (0, minutes))

    by_name = {person.username: person.pace for person in selectors.paces(project)}
    assert (by_name["ada"].minutes_per_1000_words, by_name["ada"].finished_sets) == (29.7, 2)
    assert (by_name["ben"].active_seconds, by_name["ben"].minutes_per_1000_words) == (3600, 99.0)
    assert selectors.project_pace(project).minutes_per_1000_words == 39.6
