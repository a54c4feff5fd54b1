"""Long jobs take all slots of a worker but one; a killed process gives its slot back."""

import os
import signal
import subprocess
import sys

import pytest

from annotator.imports.jobs import LARGE_BYTES, is_large
from annotator.platform.jobs import tasks
from annotator.platform.jobs.models import Job
from annotator.platform.jobs.registry import find_kind
from tests.waiting import wait_for

HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "r+")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def slots():
    """A worker that runs three jobs at once."""
    tasks.reserve_slots(3)
    yield list(tasks._slots)
    tasks.release_slots()


def test_two_of_three_may_be_long(slots):
    with tasks.long_slot() as first, tasks.long_slot() as second, tasks.long_slot() as third:
        assert (first, second, third) == (True, True, False)
    with tasks.long_slot() as again:
        assert again


def test_worker_for_one_job_at_a_time_reserves_nothing():
    tasks.reserve_slots(1)

    with tasks.long_slot() as first, tasks.long_slot() as second:
        assert (first, second) == (True, True)


def test_slot_of_a_killed_process_is_free_again(slots):
    holders = [subprocess.Popen([sys.executable, "-c", HOLD, str(slot)], stdout=subprocess.PIPE) for slot in slots]
    for holder in holders:
        holder.stdout.readline()
    with tasks.long_slot() as taken:
        assert not taken

    os.kill(holders[0].pid, signal.SIGKILL)
    for holder in holders:
        if holder is not holders[0]:
            holder.kill()
        holder.wait()
        holder.stdout.close()

    def is_free():
        with tasks.long_slot() as free:
            return free

    wait_for(is_free)


@pytest.mark.parametrize(("size", "long"), [(LARGE_BYTES, False), (LARGE_BYTES + 1, True)])
def test_import_is_long_by_the_size_of_its_files(size, long):
    assert is_large(Job(kind="import_documents", params={"files": [{"size": size}]})) == long


@pytest.mark.django_db
def test_kinds_say_which_jobs_are_long(project):
    assert not find_kind("export_dataset").is_long(Job(kind="export_dataset", project=project))
    assert find_kind("back_up_site").is_long(Job(kind="back_up_site"))
    assert find_kind("measure_gamma").is_long(Job(kind="measure_gamma", project=project))
    assert not find_kind("send_invitations").is_long(Job(kind="send_invitations"))
