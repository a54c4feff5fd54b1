"""The embedded broker: no message is lost or duplicated by concurrent processes."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from kombu.connection import Connection

import annotator.platform.celery  # noqa: F401 - it names the transport
from annotator.platform.celery.transport import Transport
from tests.waiting import LONG

PROCESS = textwrap.dedent(
    """
    import pathlib, sys
    from kombu import Connection
    import annotator.platform.celery

    role, folder, name, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    connection = Connection("files://localhost", transport_options={"folder": folder, "polling_interval": 0.001})
    queue = connection.SimpleQueue("stress")
    if role == "produce":
        for number in range(count):
            queue.put([name, number, "x" * 3000])
    else:
        is_last_round = False
        while True:
            try:
                message = queue.get(timeout=0.5)
            except queue.Empty:
                if is_last_round:
                    break
                is_last_round = pathlib.Path(folder, "all_sent").exists()  # then look once more
                continue
            print(*message.payload[:2], flush=True)
            message.ack()
    """
)


@pytest.fixture
def connection(tmp_path):
    with Connection("files://localhost", transport_options={"folder": str(tmp_path)}) as connection:
        yield connection


def start(*arguments):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


def test_concurrent_messages_arrive_exactly_once(tmp_path):
    consumers = [start("consume", str(tmp_path), f"c{number}", "0") for number in range(2)]
    producers = [start("produce", str(tmp_path), f"p{number}", "600") for number in range(2)]

    assert [(process.communicate(timeout=LONG)[0], process.returncode) for process in producers] == [("", 0)] * 2
    (tmp_path / "all_sent").touch()
    received = [line for process in consumers for line in process.communicate(timeout=LONG)[0].splitlines()]

    assert len(received) == 1200
    assert set(received) == {f"p{producer} {number}" for producer in range(2) for number in range(600)}
    assert list((tmp_path / "stress").iterdir()) == []


def test_messages_are_read_in_order(connection):
    queue = connection.SimpleQueue("jobs")
    for number in range(50):
        queue.put(number)

    assert len(queue) == 50
    assert [queue.get(timeout=LONG).payload for _ in range(50)] == list(range(50))


def test_a_waiting_reader_is_woken(connection, monkeypatch):
    waits, wait = [], Transport._wait

    def counted(transport, seconds):
        waits.append(seconds)
        assert [pipe for channel in transport.channels for pipe in channel.wake_pipes()]
        threading.Thread(target=put_from_another_connection, args=(connection,)).start()
        wait(transport, LONG)  # without the pipe it would look again only then

    monkeypatch.setattr(Transport, "_wait", counted)

    assert connection.SimpleQueue("jobs").get(timeout=LONG).payload == "sent"
    assert len(waits) == 1


def put_from_another_connection(connection):
    with Connection("files://localhost", transport_options=connection.transport_options) as other:
        other.SimpleQueue("jobs").put("sent")


@pytest.mark.parametrize("in_the_way", [Path.mkdir, Path.touch])
def test_without_a_pipe_readers_look_again_and_again(connection, tmp_path, in_the_way):
    in_the_way(tmp_path / "jobs.wake")
    queue = connection.SimpleQueue("jobs")
    with pytest.raises(queue.Empty):
        queue.get(timeout=0.01)
    put_from_another_connection(connection)

    assert queue.get(timeout=LONG).payload == "sent"


def test_a_reader_that_takes_no_more_leaves_waking_to_others(connection):
    busy, free = connection.channel(), connection.clone().channel()
    for channel in (busy, free):
        channel.queue_declare("jobs")
        channel.basic_qos(0, 1, False)
    received = []
    busy.basic_consume("jobs", no_ack=False, callback=received.append, consumer_tag="busy")
    put_from_another_connection(connection)
    connection.drain_events(timeout=LONG)

    assert len(received) == 1
    assert busy.wake_pipes() == []
    busy.basic_ack(received[0].delivery_tag)
    assert len(busy.wake_pipes()) == 1


def test_unfinished_messages_are_ignored_and_removed(connection, tmp_path):
    queue = connection.SimpleQueue("jobs")
    fresh, old = tmp_path / "jobs" / ".0001-fresh", tmp_path / "jobs" / ".0000-old"
    for path in (fresh, old):
        path.write_bytes(b'{"body": ')
    os.utime(old, (time.time() - 7200, time.time() - 7200))

    assert len(queue) == 0
    connection.SimpleQueue("jobs").queue.declare()
    connection.channel()._new_queue("jobs")
    assert fresh.exists()
    assert not old.exists()


def test_a_purged_queue_is_empty(connection):
    queue = connection.SimpleQueue("jobs")
    queue.put("one")
    queue.put("two")

    assert queue.clear() == 2
    assert len(queue) == 0


def test_an_unreachable_broker_is_logged(tmp_path):
    (tmp_path / "broker").write_text("in the way")
    code = "import django; django.setup(); from annotator.platform import celery; print(celery.notify_workers(1))"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "annotator.settings", "VAR_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=LONG, check=False
    )

    assert (done.returncode, done.stdout) == (0, "False\n")
    assert "Job 1 is queued, but no worker was notified" in done.stderr
