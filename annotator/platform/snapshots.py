"""Reading several tables as they stood at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def read_snapshot() -> Iterator[None]:
    """Let all queries inside see the same state, without blocking writers.

    On SQLite Django's own transactions are immediate here and would take the write lock; a deferred one only reads.
    Inside a transaction that is open already, its own state is what is seen.
    """
    if connection.in_atomic_block or _reads_already():
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _reads_already() -> bool:
    """Whether this is inside another snapshot on SQLite, of which Django knows nothing."""
    return connection.vendor == "sqlite" and getattr(connection.connection, "in_transaction", False)
