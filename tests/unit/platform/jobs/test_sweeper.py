"""The sweeper handles lost messages and expired leases."""

import os
import threading
from datetime import timedelta

import pytest

from annotator.platform.jobs import leases, services, sweeper
from annotator.platform.jobs.models import Job, JobState
from tests.waiting import LONG

pytestmark = pytest.mark.stores


@pytest.fixture
def rung(monkeypatch):
    """The ids of the jobs that the bell rang for."""
    ids = []
    monkeypatch.setattr(sweeper, "notify_workers", lambda job_id: ids.append(job_id) or True)
    return ids


@pytest.fixture
def job(project, now):
    return services.start("any", project_id=project.pk, params={}, started_by=None, now=now)


def sweep_every_five_seconds(now, seconds):
    for second in range(0, seconds, 5):
        sweeper.sweep(now=now + timedelta(seconds=second))


def test_notifications_repeat_at_doubling_intervals(job, rung, now):
    sweep_every_five_seconds(now, 10)
    assert rung == []
    sweep_every_five_seconds(now + timedelta(seconds=10), 3600)
    assert 10 <= len(rung) <= 20


def test_a_starting_worker_notifies_of_all_queued_jobs(job, rung, now):
    Job.objects.update(rung_at=now + timedelta(hours=1), created_at=now - timedelta(hours=9))

    sweeper.sweep(now=now + timedelta(hours=1, seconds=11), at_start=True)

    assert rung == [job.pk]


def test_a_job_with_an_expired_lease_gets_another_attempt(job, rung, now):
    leases.claim(job.pk, now=now)
    sweeper.sweep(now=now + timedelta(seconds=59))
    assert rung == []

    sweeper.sweep(now=now + timedelta(seconds=61))

    assert rung == [job.pk]
    assert leases.claim(job.pk, now=now + timedelta(seconds=61)).attempt == 2


def test_a_held_job_cannot_be_claimed(job, now):
    assert leases.claim(job.pk, now=now) is not None
    assert leases.claim(job.pk, now=now + timedelta(seconds=59)) is None


def test_a_job_fails_after_three_attempts(job, rung, now):
    for hour in range(3):
        assert leases.claim(job.pk, now=now + timedelta(hours=hour)) is not None
    assert leases.claim(job.pk, now=now + timedelta(hours=3)) is None

    sweeper.sweep(now=now + timedelta(hours=3))

    job.refresh_from_db()
    assert (job.state, job.problem["code"], rung) == (JobState.FAILED, "job_gave_up", [])


def test_a_cancelled_job_with_an_expired_lease_ends(job, rung, now):
    leases.claim(job.pk, now=now)
    services.cancel(job, now=now)

    sweeper.sweep(now=now + timedelta(minutes=2))

    job.refresh_from_db()
    assert (job.state, rung) == (JobState.CANCELLED, [])


def test_jobs_of_killed_commands_are_not_claimed(project, rung, now):
    job = services.start("any", project_id=project.pk, params={}, started_by=None, now=now, own_process=True)
    assert leases.claim(job.pk, now=now) is None
    leases.claim(job.pk, now=now, own_process=True)

    sweeper.sweep(now=now + timedelta(minutes=2))

    job.refresh_from_db()
    assert (job.state, job.problem["code"], rung) == (JobState.FAILED, "command_ended", [])


def test_a_released_job_keeps_its_attempts(job, rung, now):
    leases.claim(job.pk, now=now)
    leases.release(job.pk, 1)

    sweeper.sweep(now=now)

    assert rung == [job.pk]
    assert leases.claim(job.pk, now=now).attempt == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_no_process_is_forked_while_the_sweeper_has_a_connection():
    forked = threading.Event()

    def fork():
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        forked.set()

    with sweeper.connected:
        thread = threading.Thread(target=fork)
        thread.start()
        assert not forked.wait(0.5)
    assert forked.wait(LONG)
    thread.join()
