"""Many rows at once into SQLite: one prepared statement, executed for each row by the driver."""

from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper

from annotator.imports.tables import Row, Table


def reserve_keys(cursor: CursorWrapper, table: Table, count: int) -> Sequence[int]:
    """Return keys that no row has or had; call inside an immediate transaction, which lets nobody else take them."""
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
    last = (cursor.fetchone() or (0,))[0]
    return range(last + 1, last + 1 + count)


def insert_rows(cursor: CursorWrapper, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; each has a value for every column of the table."""
    columns = ", ".join(connection.ops.quote_name(column) for column in table.columns)
    places = ", ".join(["%s"] * len(table.columns))
    statement = f"INSERT INTO {connection.ops.quote_name(table.name)} ({columns}) VALUES ({places})"  # noqa: S608 - names of our own
    cursor.executemany(statement, rows)
