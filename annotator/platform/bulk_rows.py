"""Inserting and changing many rows at once, as tuples, within the caller's transaction.

PostgreSQL takes them by COPY, a quarter of the work of INSERT on both sides; SQLite by one prepared statement that the
driver executes for each row. Model objects cost three to five times the processor time (measured). Neither model
validation nor signals see these rows: check them first.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

Row = tuple[Any, ...]


class Table(NamedTuple):
    """A table by its name, and columns in the order in which rows give their values."""

    name: str
    columns: Sequence[str]


def table_of(model: type[Model], columns: str) -> Table:
    """Return the table of a model with some of its columns, named in one string and separated by spaces."""
    return Table(model._meta.db_table, tuple(columns.split()))  # noqa: SLF001 - public by documentation


def reserve_keys(cursor: CursorWrapper, table: Table, count: int) -> Sequence[int]:
    """Return primary keys that no row has or had.

    On SQLite call it inside an immediate transaction, which keeps other writers from taking the same keys.
    """
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [connection.ops.quote_name(table.name), count],
        )
        return [key for (key,) in cursor.fetchall()]
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
    last = (cursor.fetchone() or (0,))[0]
    return range(last + 1, last + 1 + count)


def insert_rows(cursor: CursorWrapper, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; each has a value for every column of the table. No rows are no statement."""
    if not rows:
        return
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, table.columns))
    if connection.vendor == "postgresql":
        statement = f"COPY {quote(table.name)} ({columns}) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        return
    values = ", ".join(["%s"] * len(table.columns))
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({values})"  # noqa: S608 - names of our own
    cursor.executemany(statement, rows)


def update_rows(cursor: CursorWrapper, table: Table, rows: Sequence[Row]) -> None:
    """Set columns of rows; the last column of the table is the primary key, and each row gives the values in order."""
    quote = connection.ops.quote_name
    *columns, key = map(quote, table.columns)
    values = ", ".join(f"{column} = %s" for column in columns)
    cursor.executemany(f"UPDATE {quote(table.name)} SET {values} WHERE {key} = %s", rows)  # noqa: S608 - our own
