"""A transaction is on the disk when it is acknowledged, and others do not wait for that."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from annotator.platform.sqlite import syncing
from annotator.platform.sqlite.syncing import LogOnDisk, log_of
from annotator.platform.sqlite.turns import turns_of
from tests.waiting import LONG, wait_for


@pytest.fixture
def log(tmp_path):
    (tmp_path / "a.sqlite3-wal").touch()
    return LogOnDisk(str(tmp_path / "a.sqlite3"))


def test_threads_that_wait_at_the_same_moment_share_one_write(log, monkeypatch):
    begun, go_on, writes = threading.Event(), threading.Event(), []

    def write(_file):
        writes.append(len(writes))
        begun.set()
        assert go_on.wait(LONG)

    monkeypatch.setattr(syncing, "_write_to_disk", write)
    threads = [threading.Thread(target=log.wait) for _ in range(8)]
    threads[0].start()
    assert begun.wait(LONG)
    for thread in threads[1:]:
        thread.start()
    wait_for(lambda: log._asked == 8)
    go_on.set()
    for thread in threads:
        thread.join(LONG)

    assert writes == [0, 1]  # those that came during the first write are not covered by it


def test_a_write_that_fails_covers_no_one(log, monkeypatch):
    def fail(_file):
        raise OSError("no space")

    monkeypatch.setattr(syncing, "_write_to_disk", fail)
    with pytest.raises(OSError, match="no space"):
        log.wait()
    written = []
    monkeypatch.setattr(syncing, "_write_to_disk", written.append)
    log.wait()

    assert len(written) == 1


def test_log_that_sqlite_has_removed_needs_no_write(tmp_path):
    log = LogOnDisk(str(tmp_path / "a.sqlite3"))

    assert not log.exists()
    log.wait()


@pytest.fixture
def real_log(transactional_db):
    """Return the log of the test database, with one committed transaction in it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET app = app")
    return log_of(str(connection.settings_dict["NAME"]))


def synchronous():
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA synchronous").fetchone()[0]


def test_commit_waits_for_the_disk_after_its_turn(real_log, monkeypatch):
    seen = []

    def wait():
        seen.append((turns_of(str(connection.settings_dict["NAME"]))._is_taken, connection.connection.in_transaction))

    monkeypatch.setattr(real_log, "wait", wait)
    with transaction.atomic():
        assert (synchronous(), seen) == (1, [])

    assert seen == [(False, False)]
    assert synchronous() == 2  # statements outside transactions wait as before


def test_rolled_back_transaction_waits_for_nothing(real_log, monkeypatch):
    monkeypatch.setattr(real_log, "wait", pytest.fail)
    with pytest.raises(KeyError), transaction.atomic():
        raise KeyError
    monkeypatch.undo()

    assert synchronous() == 2


def test_failed_write_is_no_success(real_log, monkeypatch):
    def fail():
        raise OSError

    monkeypatch.setattr(real_log, "wait", fail)
    with pytest.raises(OperationalError, match="disk I/O error"), transaction.atomic():
        pass

    monkeypatch.undo()
    with transaction.atomic():
        assert synchronous() == 1
