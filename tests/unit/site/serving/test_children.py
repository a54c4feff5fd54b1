"""Child processes restart when they end, at growing intervals."""

import signal
import sys
import time

from annotator.site.serving.children import FIRST_PAUSE, LONGEST_PAUSE_AFTER_KILL, Child
from tests.waiting import is_running, wait_for

ENDS_AT_ONCE = [sys.executable, "-c", "raise SystemExit(3)"]
IGNORES = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(600)
"""


def how_it_ended(child):
    return wait_for(child.ended)


def test_restart_pauses_grow():
    child = Child("It", ENDS_AT_ONCE)
    pauses = []
    for _ in range(3):
        child.start()
        began = time.monotonic()
        assert how_it_ended(child) == "exit code 3"
        pauses.append((child.due_at - time.monotonic(), child.due_at - began))

    for pause, (shortest, longest) in zip([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE], pauses, strict=True):
        assert shortest <= pause <= longest


def test_a_killed_process_is_soon_back():
    child = Child("It", [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    for _ in range(4):
        child.start()
        assert how_it_ended(child) == "killed by SIGKILL"

    assert child.due_at - time.monotonic() <= LONGEST_PAUSE_AFTER_KILL


def test_an_end_is_reported_once():
    child = Child("It", ENDS_AT_ONCE)
    child.start()

    assert how_it_ended(child) == "exit code 3"
    assert child.ended() == ""


def test_a_process_that_does_not_stop_is_killed(tmp_path):
    ready = tmp_path / "ready"
    child = Child("It", [sys.executable, "-c", IGNORES, str(ready)])
    child.start()
    wait_for(ready.exists)
    process = child._process
    child.stop()

    child.wait(time.monotonic() + 0.2)

    assert process.returncode == -signal.SIGKILL


def test_the_process_group_is_killed(tmp_path):
    marker = tmp_path / "pid"
    grandchild = f"import os, time; open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    leaves_one_behind = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {grandchild!r}])\n"
        f"while not (os.path.exists({str(marker)!r}) and os.path.getsize({str(marker)!r})): time.sleep(0.01)"
    )
    child = Child("It", [sys.executable, "-c", leaves_one_behind])
    child.start()

    assert how_it_ended(child) == "exit code 0"
    wait_for(lambda: not is_running(int(marker.read_text())))
