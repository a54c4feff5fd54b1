"""Django's engine for SQLite, with a queue of writers.

A writer that finds the database locked sleeps, and looks again after up to 100 ms: which writer is next is chance. With
eight annotators some saves waited for seconds (measured). The threads of one process wait for their turn here instead,
in the order in which they came. Writers of other processes wait as before, but long work makes way for them
(`annotator.platform.sqlite.waiting`).

A transaction waits for the disk after its turn, together with others (`annotator.platform.sqlite.syncing`).
"""

from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from annotator.platform.sqlite.schema import SchemaEditor
from annotator.platform.sqlite.syncing import LogOnDisk, log_of
from annotator.platform.sqlite.turns import Turns, turns_of

FULL = 2
"""SQLite's number for waiting for the disk at each commit; `EXTRA` is larger, and the same in WAL."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin when it is their turn."""

    SchemaEditorClass = SchemaEditor
    _turns: Turns | None = None
    _log: LogOnDisk | None = None
    _synchronous = 0

    def init_connection_state(self) -> None:
        """Note how the settings have SQLite wait for the disk."""
        super().init_connection_state()
        self._synchronous = self.connection.execute("PRAGMA synchronous").fetchone()[0]

    def _start_transaction_under_autocommit(self) -> None:
        turns = turns_of(str(self.settings_dict["NAME"]))
        if not turns.take(self.settings_dict["OPTIONS"].get("timeout", 5.0)):
            raise OperationalError("database is locked")
        self._turns = turns
        try:
            self._commit_without_waiting()
            with turns.writers.announced():
                super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> Any:
        super()._commit()  # type: ignore[misc]
        self._end_turn()
        log = self._commit_as_set()
        if log is not None:
            _wait_for(log)

    def _rollback(self) -> Any:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()
        self._commit_as_set()

    def _close(self) -> Any:
        self._log = None
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _commit_without_waiting(self) -> None:
        """Let SQLite commit the next transaction without waiting for the disk, which this connection does itself."""
        log = log_of(str(self.settings_dict["NAME"]))
        if self._synchronous >= FULL and log.exists():
            self.connection.execute("PRAGMA synchronous=NORMAL")
            self._log = log

    def _commit_as_set(self) -> LogOnDisk | None:
        """Let SQLite wait again, for statements outside transactions; return the log when it has not waited."""
        log, self._log = self._log, None
        if log is not None and self.connection is not None:
            self.connection.execute(f"PRAGMA synchronous={self._synchronous}")
        return log

    def _end_turn(self) -> None:
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.pass_on()


def _wait_for(log: LogOnDisk) -> None:
    try:
        log.wait()
    except OSError as error:
        raise OperationalError("disk I/O error") from error
