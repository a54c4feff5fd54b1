import os
import socket
import sys
from pathlib import Path

import pytest

from tests.waiting import is_running, wait_for
from tools.services import ServiceMissing
from tools.services.processes import free_port, start_group, stop_group, wait_until

PARENT_WITH_A_CHILD = """
import os, subprocess, sys, time
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", deaf])
open(sys.argv[1] + ".new", "w").write(str(child.pid))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
"""


def test_stopping_a_group_ends_children_that_refuse_to_end(tmp_path: Path):
    note = tmp_path / "child"
    process = start_group([sys.executable, "-c", PARENT_WITH_A_CHILD, str(note)], environment=dict(os.environ))
    wait_until(note.exists, process=process, name="parent", log=tmp_path / "log")
    child = int(note.read_text())
    assert is_running(child)

    stop_group(process)

    assert process.poll() is not None
    wait_for(lambda: not is_running(child), why=lambda: "The child is still running.")


def test_a_server_that_ends_at_once_is_missing_with_the_last_line_of_its_log(tmp_path: Path):
    log = tmp_path / "log"
    log.write_text("starting\nno room left\n\n")
    process = start_group([sys.executable, "-c", ""], environment=dict(os.environ))
    process.wait()

    with pytest.raises(ServiceMissing, match=r"^Redis did not start: no room left$"):
        wait_until(lambda: False, process=process, name="Redis", log=log)


def test_a_free_port_can_be_bound():
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
        assert server.getsockname()[1] > 0
