"""Writers that wait for a database are seen by long work, which makes way for them."""

import sqlite3
import threading
from contextlib import closing

import pytest
from django.db import connections

from annotator.platform.sqlite import waiting
from annotator.platform.sqlite.base import DatabaseWrapper
from annotator.platform.sqlite.waiting import WaitingWriters, make_way
from tests.waiting import LONG, wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "some.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return path


def test_a_writer_is_seen_while_it_waits_and_not_afterwards(database):
    writers = WaitingWriters(database)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    wrote = threading.Event()

    def write():
        own = DatabaseWrapper(connections["default"].settings_dict | {"NAME": str(database)}, "other")
        own.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        own.close()
        wrote.set()

    assert not writers.is_anyone_waiting()
    thread = threading.Thread(target=write)
    thread.start()

    wait_for(writers.is_anyone_waiting)
    assert not wrote.is_set()
    other.execute("COMMIT")
    other.close()
    thread.join(LONG)
    assert wrote.is_set()
    assert not writers.is_anyone_waiting()


def test_long_work_goes_on_when_no_writer_waits_and_after_the_longest_pause(database, monkeypatch):
    monkeypatch.setattr(waiting.connection, "vendor", "sqlite")
    monkeypatch.setitem(waiting.connection.settings_dict, "NAME", str(database))
    sleeps = []
    monkeypatch.setattr(waiting.time, "sleep", sleeps.append)

    make_way(60)
    assert sleeps == []
    with WaitingWriters(database).announced():
        make_way(0.01)
    assert sleeps


def test_a_folder_that_cannot_be_written_to_is_no_failure(database, monkeypatch):
    def refuse(*args):
        raise PermissionError

    monkeypatch.setattr(waiting.os, "open", refuse)
    writers = WaitingWriters(database)
    with writers.announced():
        assert not writers.is_anyone_waiting()
