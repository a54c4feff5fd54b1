"""Workers that are killed or stopped during a job: no step is lost and no step runs twice."""

import os
import signal

import pytest

from tests.stores.installation import descendants, kill
from tests.waiting import LONG, wait_for

pytestmark = pytest.mark.stores

STEPS, HELD_AT = 30, 10


@pytest.fixture
def job(installation):
    """The id of a job that waits at one step until it is released."""
    return installation.scene("start_slow_job", STEPS, HELD_AT)


def job_row(installation, job):
    query = f"SELECT state, attempt, progress_done FROM jobs_job WHERE id = {job}"
    return installation.rows(query)[0]


def wait_until_held(installation, job):
    wait_for(lambda: len(report(installation, job)) == HELD_AT, why=lambda: installation.log)


def wait_until_done(installation, job):
    installation.release_slow_jobs()
    wait_for(lambda: job_row(installation, job)[0] == "done", why=lambda: installation.log)


def report(installation, job):
    query = f"SELECT jobs_jobline.where, message FROM jobs_jobline WHERE job_id = {job} ORDER BY id"
    return installation.rows(query.replace("jobs_jobline.where", 'jobs_jobline."where"'))


def test_another_worker_continues_the_job_of_a_stopped_and_of_a_killed_one(installation, job):
    stopped = installation.start("run_worker")
    wait_until_held(installation, job)

    os.kill(stopped.pid, signal.SIGTERM)
    assert stopped.wait(LONG) == 0
    assert job_row(installation, job)[:2] == ("queued", 0)
    assert len(report(installation, job)) == HELD_AT

    killed = installation.start("run_worker")
    wait_for(lambda: job_row(installation, job)[:2] == ("running", 1), why=lambda: installation.log)
    for pid in [killed.pid, *descendants(killed.pid)]:
        kill(pid)
    killed.wait()
    installation.expire_lease(job)
    installation.start("run_worker")
    wait_until_done(installation, job)

    lines = report(installation, job)
    assert [int(where) for where, _ in lines] == list(range(STEPS))
    assert {message for _, message in lines} == {"attempt 1", "attempt 2"}
    assert job_row(installation, job) == ("done", 2, STEPS)


def test_killed_pool_process_is_replaced_and_its_job_continues(installation, job):
    worker = installation.start("run_worker", "--concurrency", "2")
    wait_until_held(installation, job)

    # One of them runs the job and the other one waits for a message.
    for pid in descendants(worker.pid):
        kill(pid)
    installation.expire_lease(job)
    wait_until_done(installation, job)

    assert [int(where) for where, _ in report(installation, job)] == list(range(STEPS))
    assert job_row(installation, job) == ("done", 2, STEPS)
    assert worker.poll() is None


def test_two_workers_run_each_job_once(installation):
    for _ in range(2):
        installation.start("run_worker")
    jobs = installation.scene("start_slow_jobs", 4, 3)

    for job in jobs:
        wait_until_done(installation, job)

    assert [job_row(installation, job) for job in jobs] == [("done", 1, 3)] * 4
    assert [len(report(installation, job)) for job in jobs] == [3] * 4


def test_short_job_does_not_wait_behind_long_ones_which_can_be_cancelled(installation, job):
    installation.start("run_worker", "--concurrency", "2")
    wait_until_held(installation, job)

    # The free process takes messages in order: when the quick job is done, it has found no slot for the waiting one.
    waiting, quick = installation.scene("start_slow_and_quick_job")
    wait_for(lambda: job_row(installation, quick)[0] == "done", why=lambda: installation.log)

    assert job_row(installation, job)[0] == "running"
    assert job_row(installation, waiting)[0] == "queued"
    installation.scene("cancel_job", job)
    wait_for(lambda: job_row(installation, job)[0] == "cancelled", why=lambda: installation.log)
    assert len(report(installation, job)) == HELD_AT
    wait_for(lambda: job_row(installation, waiting)[0] == "done", why=lambda: installation.log)
