"""Django's engine for SQLite, with a queue of writers.

A writer that finds the database locked sleeps, and looks again after up to 100 ms: which writer is next is chance. With
eight annotators some saves waited for seconds (measured). The threads of one process wait for their turn here instead,
in the order in which they came. Writers of other processes wait as before, but long work makes way for them
(`annotator.platform.sqlite.waiting`).
"""

from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from annotator.platform.sqlite.schema import SchemaEditor
from annotator.platform.sqlite.turns import Turns, turns_of


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin when it is their turn."""

    SchemaEditorClass = SchemaEditor
    _turns: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        turns = turns_of(str(self.settings_dict["NAME"]))
        if not turns.take(self.settings_dict["OPTIONS"].get("timeout", 5.0)):
            raise OperationalError("database is locked")
        self._turns = turns
        try:
            with turns.writers.announced():
                super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> Any:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> Any:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> Any:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.pass_on()
