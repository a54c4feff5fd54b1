"""Rows of a table as JSON arrays, the same on SQLite and on PostgreSQL.

Times are UTC as `2026-11-29 12:00:00.123456`, without a fraction when it is zero; JSON columns are JSON text, so that
their values need not be parsed; true and false are 1 and 0; bytes are base64.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection

from annotator.platform.bulk_rows import Row
from annotator.site.backup.problems import BackupFailed, BackupUnreadable
from annotator.site.backup.tables import Column

READ_AT_ONCE = 1_000

PLAIN = {
    "AutoField", "BigAutoField", "BigIntegerField", "CharField", "EmailField", "FileField", "FloatField",
    "IntegerField", "PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "SlugField",
    "SmallAutoField", "SmallIntegerField", "TextField", "URLField",
}  # fmt: skip
# Expressions rather than columns, so that the driver of SQLite does not convert the values.
SQLITE = {
    "BooleanField": "{column} + 0",
    "DateField": "CAST({column} AS TEXT)",
    "DateTimeField": "CAST({column} AS TEXT)",
    "GenericIPAddressField": "{column}",
    "JSONField": "CAST({column} AS TEXT)",
    "UUIDField": "CAST({column} AS TEXT)",
    "BinaryField": "{column}",
}
POSTGRESQL = {
    "BooleanField": "{column}::int",
    "DateField": "{column}::text",
    "DateTimeField": "replace(to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')",
    "GenericIPAddressField": "host({column})",
    "JSONField": "{column}::text",
    "UUIDField": "replace({column}::text, '-', '')",
    "BinaryField": "{column}",
}


def quoted(name: str) -> str:
    """Return the name of a table or column as it is written in SQL."""
    return str(connection.ops.quote_name(name))


def expression(column: Column) -> str:
    """Return the SQL that reads a column; raise `BackupFailed` for a type of field that is not known here."""
    name = connection.ops.quote_name(column.name)
    if column.type in PLAIN:
        return name
    expressions = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    if column.type not in expressions:
        raise BackupFailed(f"Columns of the type {column.type}, such as {column.name}, cannot be backed up yet.")
    return expressions[column.type].format(column=name)


def read_rows(
    table: str, columns: Sequence[Column], *, key: str, where: str = "", parameters: Sequence[Any] = ()
) -> Iterator[list[Row]]:
    """Yield the rows of a table in the order of their keys, a batch at a time."""
    quote = connection.ops.quote_name
    listed = ", ".join(map(expression, columns))
    condition = f" WHERE {where}" if where else ""
    statement = f"SELECT {listed} FROM {quote(table)}{condition} ORDER BY {quote(key)}"  # noqa: S608 - names of our own
    encode = _converter(columns, _to_base64)
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while batch := cursor.fetchmany(READ_AT_ONCE):
            yield encode(batch)


def stored_rows(columns: Sequence[Column], rows: Sequence[Row]) -> list[Row]:
    """Return rows of a file as they are stored."""
    return _converter(columns, _from_base64)(rows)


def _converter(columns: Sequence[Column], convert: Callable[[Any], Any]) -> Callable[[Sequence[Row]], list[Row]]:
    """Return a function that converts the columns of bytes, and costs nothing for a table without any."""
    binary = [index for index, column in enumerate(columns) if column.type == "BinaryField"]
    if not binary:
        return list

    def each(rows: Sequence[Row]) -> list[Row]:
        converted = []
        for row in rows:
            values = list(row)
            for index in binary:
                values[index] = None if values[index] is None else convert(values[index])
            converted.append(tuple(values))
        return converted

    return each


def _to_base64(value: bytes | memoryview) -> str:
    return base64.b64encode(value).decode("ascii")


def _from_base64(value: object) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError as error:
        raise BackupUnreadable("A value that should be base64 is not. The file is damaged.") from error


def last_key(table: str, key: Column) -> int:
    """Return the highest key that the table has given, also to rows deleted since; 0 when keys are not counted."""
    if not key.type.endswith("AutoField"):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            name = _sequence(table, key.name)
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}")  # noqa: S608
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        return int((cursor.fetchone() or (0,))[0])


def set_last_key(table: str, key: Column, last: int) -> None:
    """Let the table continue after a key, so that no key is given twice."""
    if not key.type.endswith("AutoField"):
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", [_sequence(table, key.name), max(last, 1), last > 0])
            return
        cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last, table])
        if not cursor.rowcount:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def _sequence(table: str, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column])
        return str(cursor.fetchone()[0])
