"""Many rows at once into PostgreSQL: COPY, a quarter of the work of INSERT on both sides."""

from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper

from annotator.imports.tables import Row, Table


def reserve_keys(cursor: CursorWrapper, table: Table, count: int) -> Sequence[int]:
    """Return keys out of the sequence of the table."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [connection.ops.quote_name(table.name), count],
    )
    return [key for (key,) in cursor.fetchall()]


def insert_rows(cursor: CursorWrapper, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; each has a value for every column of the table."""
    columns = ", ".join(connection.ops.quote_name(column) for column in table.columns)
    statement = f"COPY {connection.ops.quote_name(table.name)} ({columns}) FROM STDIN"
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
