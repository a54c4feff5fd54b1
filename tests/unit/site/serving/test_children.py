"""Processes that are started again when they die, ever more slowly."""

import sys
import time

from annotator.site.serving.children import FIRST_PAUSE, Child

ENDS_AT_ONCE = [sys.executable, "-c", "raise SystemExit(3)"]
IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


def how_it_ended(child):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if how := child.ended():
            return how
        time.sleep(0.01)
    return "never"


def test_a_child_that_keeps_dying_is_given_longer_and_longer_pauses():
    child = Child("It", ENDS_AT_ONCE)
    pauses = []
    for _ in range(3):
        child.start()
        assert how_it_ended(child) == "exit code 3"
        pauses.append(child.due_at - time.monotonic())

    assert [round(pause / FIRST_PAUSE) for pause in pauses] == [1, 2, 4]


def test_an_end_is_noticed_once():
    child = Child("It", ENDS_AT_ONCE)
    child.start()

    assert how_it_ended(child) == "exit code 3"
    assert child.ended() == ""


def test_one_that_does_not_end_when_asked_is_killed_in_time():
    child = Child("It", [sys.executable, "-c", IGNORES])
    child.start()
    process = child._process
    child.ask_to_end()
    began = time.monotonic()

    child.wait(time.monotonic() + 0.2)

    assert process.returncode is not None
    assert time.monotonic() - began < 5


def test_what_a_child_left_in_its_group_is_killed_with_it(tmp_path):
    marker = tmp_path / "alive"
    grandchild = f"import time\nfor _ in range(100):\n open({str(marker)!r}, 'a').write('x'); time.sleep(0.02)"
    leaves_one_behind = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {grandchild!r}]); time.sleep(0.5)"
    )
    child = Child("It", [sys.executable, "-c", leaves_one_behind])
    child.start()

    assert how_it_ended(child) == "exit code 0"
    time.sleep(0.1)
    size = marker.stat().st_size
    time.sleep(0.2)
    assert marker.stat().st_size == size
