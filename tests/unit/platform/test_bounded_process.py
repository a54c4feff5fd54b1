"""Work in a process of its own ends at its bounds, and the next request is answered all the same."""

import errno
import os
import signal
import time

import pytest

from annotator.platform.bounded_process import BoundedProcess, BoundExceeded, Bounds, bounded_memory, bounded_time


class Unwanted(Exception):
    """The work is no longer wanted."""


def work(request):
    """Yield the answers to a request, as hostile files would have them."""
    yield os.getpid()
    if request == "memory":
        yield len(bytearray(200 << 20))
    if request == "time":
        while True:
            pass
    if request == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if request == "disk":
        raise OSError(errno.ENOSPC, "No space left on device")
    if request == "fault":
        raise ZeroDivisionError("a fault")
    if request == "sleep":
        time.sleep(60)
    yield "\ud800" * 100_000


@pytest.fixture
def process():
    """A process with little memory and time."""
    with BoundedProcess(work, Bounds(megabytes=64, seconds=1)) as process:
        yield process


def ask(process, request, while_waiting=lambda: None):
    return list(process.answers(request, while_waiting=while_waiting))


@pytest.mark.parametrize(("request_", "kind"), [("memory", "memory"), ("time", "time"), ("crash", "SIGKILL")])
def test_work_ends_at_its_bounds(process, request_, kind):
    with pytest.raises(BoundExceeded) as ended:
        ask(process, request_)
    assert ended.value.kind == kind
    pid, text = ask(process, "good")
    assert pid != os.getpid()
    assert text == "\ud800" * 100_000
    assert ask(process, "good")[0] == pid


def test_errors_of_the_work_are_raised(process):
    with pytest.raises(OSError, match="No space left") as raised:
        ask(process, "disk")
    assert raised.value.errno == errno.ENOSPC
    with pytest.raises(RuntimeError, match="ZeroDivisionError: a fault"):
        ask(process, "fault")


def test_unwanted_work_is_stopped(process):
    def stop():
        raise Unwanted

    pid = ask(process, "good")[0]
    with pytest.raises(Unwanted):
        ask(process, "sleep", stop)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_memory_of_this_process_is_bounded_for_a_time():
    with pytest.raises(BoundExceeded, match="memory"), bounded_memory(16):
        bytearray(200 << 20)
    assert len(bytearray(200 << 20)) == 200 << 20


def endless():
    yield "first"
    while True:
        pass


def test_item_that_takes_too_long_is_interrupted():
    handler = signal.getsignal(signal.SIGPROF)
    items = bounded_time(endless(), 0.2)
    assert next(items) == "first"
    with pytest.raises(BoundExceeded, match="time"):
        next(items)
    assert (signal.getsignal(signal.SIGPROF), signal.getitimer(signal.ITIMER_PROF)) == (handler, (0.0, 0.0))


def test_only_making_items_counts():
    began = time.process_time()
    for _ in bounded_time(range(3), 0.2):
        while time.process_time() - began < 0.3:
            pass
    with pytest.raises(BoundExceeded, match="time"):
        list(bounded_time(iter(range(3)), 0))
