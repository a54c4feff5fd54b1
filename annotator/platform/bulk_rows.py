"""Inserting, changing and reading many rows at once, as tuples, within the caller's transaction.

PostgreSQL takes them by COPY, a quarter of the work of INSERT on both sides; SQLite by statements of many rows, which
take half of the time of a statement for each row. Model objects cost three to five times the processor time
(measured). Neither model validation nor signals see these rows: check them first.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

Row = tuple[Any, ...]
KEYS_AT_ONCE = 500
ROWS_READ_AT_ONCE = 2_000
VALUES_AT_ONCE = 700
"""Values of one statement on SQLite: more are not faster, and every version takes as many."""


class Table(NamedTuple):
    """A table by its name, and columns in the order in which rows give their values.

    `usual` are the values that the last columns have in most rows: on SQLite they are part of the statement, which
    takes a quarter less time for spans than passing them with each row (measured).
    """

    name: str
    columns: Sequence[str]
    usual: tuple[str | None, ...] = ()


def table_of(model: type[Model], columns: str, *, usual: tuple[str | None, ...] = ()) -> Table:
    """Return the table of a model with some of its columns, named in one string and separated by spaces."""
    return Table(model._meta.db_table, tuple(columns.split()), usual)  # noqa: SLF001 - public by documentation


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
    passed = len(table.columns) - len(table.usual)
    usual = [row[:passed] for row in rows if row[passed:] == table.usual] if table.usual else ()
    if usual:
        insert_values(cursor, table, list(chain.from_iterable(usual)))
        rows = [row for row in rows if row[passed:] != table.usual] if len(usual) < len(rows) else ()
    insert_values(cursor, table._replace(usual=()), list(chain.from_iterable(rows)))


def insert_values(cursor: CursorWrapper, table: Table, values: Sequence[Any]) -> None:
    """Insert rows whose values follow one another, row by row and in each row without the usual ones at its end.

    For a million spans this takes a third less time than tuples for rows, which SQLite would get in this form anyway
    (measured).
    """
    if not values:
        return
    database = connections[DEFAULT_DB_ALIAS]  # the proxy `connection` looks this up for each attribute
    quote = database.ops.quote_name
    columns, width = ", ".join(map(quote, table.columns)), len(table.columns) - len(table.usual)
    if database.vendor == "postgresql":
        statement = f"COPY {quote(table.name)} ({columns}) FROM STDIN"
        with database.wrap_database_errors, cursor.copy(statement) as copy:
            for first in range(0, len(values), width):
                copy.write_row([*values[first : first + width], *table.usual])
        return
    places = ["?"] * width + [_literal(value) for value in table.usual]
    beginning = f"INSERT INTO {quote(table.name)} ({columns}) VALUES "  # noqa: S608 - names of our own
    _insert_on_sqlite(database, beginning, f"({', '.join(places)})", values, width)


def _insert_on_sqlite(
    database: BaseDatabaseWrapper, beginning: str, row: str, values: Sequence[Any], width: int
) -> None:
    """Insert rows of `width` values into the columns that the beginning of the statement names."""
    at_once = max(1, VALUES_AT_ONCE // width) * width
    whole = len(values) - len(values) % at_once
    many = beginning + ", ".join([row] * (at_once // width)) if whole else ""
    # The cursor of the driver: Django's would rewrite the placeholders of each statement again.
    with database.wrap_database_errors, closing(database.connection.cursor()) as cursor:
        for first in range(0, whole, at_once):
            cursor.execute(many, values[first : first + at_once])
        cursor.executemany(
            beginning + row, [values[first : first + width] for first in range(whole, len(values), width)]
        )


def row_by_row(columns: Sequence[Sequence[Any]]) -> list[Any]:
    """Return the values of columns as `insert_values` takes them.

    >>> row_by_row([[1, 2], ["a", "b"]])
    [1, 'a', 2, 'b']
    """
    values: list[Any] = [None] * (len(columns) * len(columns[0]))
    for number, column in enumerate(columns):
        values[number :: len(columns)] = column
    return values


def _literal(value: str | None) -> str:
    """Return a value as it stands in a statement."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def read_rows(cursor: CursorWrapper, table: Table, *, by: str, keys: Sequence[int]) -> Iterator[Row]:
    """Yield the rows whose column `by` is one of the keys, in the order of their own keys within each of these.

    Values are as the driver returns them: JSON is text, and dates on SQLite are too.
    """
    quote = connection.ops.quote_name
    columns, column, own = ", ".join(map(quote, table.columns)), quote(by), quote("id")
    for first in range(0, len(keys), KEYS_AT_ONCE):
        some = keys[first : first + KEYS_AT_ONCE]
        places = ", ".join(["%s"] * len(some))
        cursor.execute(
            f"SELECT {columns} FROM {quote(table.name)} WHERE {column} IN ({places}) ORDER BY {column}, {own}",  # noqa: S608 - names of our own
            some,
        )
        while rows := cursor.fetchmany(ROWS_READ_AT_ONCE):
            yield from rows


def driver_rows(queryset: QuerySet[Any, Any]) -> Sequence[Row]:
    """Return the rows of a `values_list` as the driver returns them: JSON is text, and dates on SQLite are too.

    Of thousands of rows, Django's conversion of each value takes most of the time.
    """
    with connection.cursor() as cursor:
        cursor.execute(*queryset.query.sql_with_params())
        rows: Sequence[Row] = cursor.fetchall()
    return rows


def read_groups(
    cursor: CursorWrapper, table: Table, *, by: str, keys: Sequence[int]
) -> Iterator[tuple[int, list[Row]]]:
    """Yield each of the keys that column `by` has, with its rows in the order of their own keys.

    The first column of the table is its own key; none is of a kind that JSON lacks. SQLite gives the rows of each key
    as one text, which takes half of the time of single rows (measured).
    """
    if connection.vendor != "sqlite":
        wide = Table(table.name, (by, *table.columns))
        for key, rows in groupby(read_rows(cursor, wide, by=by, keys=keys), key=itemgetter(0)):
            yield key, [row[1:] for row in rows]
        return
    quote = connection.ops.quote_name
    columns, column = ", ".join(map(quote, table.columns)), quote(by)
    for first in range(0, len(keys), KEYS_AT_ONCE):
        some = keys[first : first + KEYS_AT_ONCE]
        places = ", ".join(["%s"] * len(some))
        cursor.execute(
            f"SELECT {column}, json_group_array(json_array({columns})) FROM {quote(table.name)} "  # noqa: S608 - names of our own
            f"WHERE {column} IN ({places}) GROUP BY {column} ORDER BY {column}",
            some,
        )
        for key, text in cursor:
            yield key, sorted(orjson.loads(text))


def update_rows(cursor: CursorWrapper, table: Table, rows: Sequence[Row]) -> None:
    """Set columns of rows; the last column of the table is the primary key, and each row gives the values in order."""
    quote = connection.ops.quote_name
    *columns, key = map(quote, table.columns)
    values = ", ".join(f"{column} = %s" for column in columns)
    cursor.executemany(f"UPDATE {quote(table.name)} SET {values} WHERE {key} = %s", rows)  # noqa: S608 - our own
