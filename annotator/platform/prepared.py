"""Queries that are built once and then run with other values.

Django builds the SQL of a query each time it is run. For the small queries of a saved change this costs five times as
much as running them (measured). Here a queryset is built with parameters instead of values, compiled at its first run
and kept. Only what runs with every saved change is worth it.

A module that reads one row by its key:

    _member = PreparedQuery(lambda: Membership.objects.filter(project=Parameter("project"), user=Parameter("user")))
    membership = _member.first(project=project.pk, user=user.pk)
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import cache
from typing import Any, Generic, Literal, TypeVar, cast

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX
from django.db.models import Expression, Field, Func, IntegerField, Model, QuerySet, query
from django.db.models.expressions import BaseExpression, RawSQL
from django.db.models.sql import UpdateQuery

# Queries for lists of values are kept for this many lengths.
MOST_PREPARED = 32
LARGEST_KEY = 2**63 - 1
Row = TypeVar("Row", bound=Model | tuple[Any, ...])
Instance = TypeVar("Instance", bound=Model)


class Parameter(Expression):
    """A value that is given when the query is run; its field is needed for dates and other converted values."""

    def __init__(self, name: str, field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=field)
        self.name, self.kind = name, field

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the placeholder, with the parameter itself in place of its value."""
        return "%s", [self]

    def value(self, values: dict[str, Any]) -> Any:
        """Return the value as the driver takes it."""
        given = values[self.name]
        if self.kind is None or given is None:
            return given
        return self.kind.get_db_prep_value(given, connections[DEFAULT_DB_ALIAS])


def number_of_rows() -> Func:
    """Return the column that counts the rows of a queryset, as its only one, for a query or for `Subquery`."""
    return Func(template="COUNT(*)", output_field=IntegerField())


def parameters(name: str, count: int) -> list[Parameter]:
    """Return parameters for the values of a list, which `numbered` gives: a query is prepared for each length."""
    return [Parameter(f"{name}_{number}") for number in range(count)]


def numbered(name: str, values: Iterable[Any]) -> dict[str, Any]:
    """Return the values of `parameters`, by name."""
    return {f"{name}_{number}": value for number, value in enumerate(values)}


def among(name: str, kind: Literal["bigint", "text"]) -> RawSQL:
    """Return the right side of a lookup `__in` for a list of any length, which `many` gives as one parameter."""
    return _values_of(Parameter(name), kind)


def in_list(values: Sequence[int]) -> RawSQL:
    """Return the right side of a lookup `__in` for a long list, as one parameter: thousands take long to be bound."""
    return _values_of(many(values), "bigint")


def _values_of(values: Any, kind: Literal["bigint", "text"]) -> RawSQL:
    is_postgresql = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    sql = f"SELECT unnest(%s::{kind}[])" if is_postgresql else "SELECT value FROM json_each(%s)"
    return RawSQL(sql, [values])  # noqa: S611 - one of two words


def many(values: Sequence[int] | Sequence[str]) -> Sequence[object] | str:
    """Return a list as the parameter of `among`."""
    return list(values) if connections[DEFAULT_DB_ALIAS].vendor == "postgresql" else orjson.dumps(list(values)).decode()


class _Statement:
    """The SQL of a query, with its parameters and constants in order."""

    def __init__(self, compiler: Any) -> None:
        self._sql, parameters = compiler.as_sql()
        self._parameters: Sequence[Any] = parameters
        self._driver_sql, self._driver_parameters = _for_driver(self._sql, self._parameters)

    def execute(self, database: BaseDatabaseWrapper, values: dict[str, Any]) -> Any:
        """Execute the statement with these values and return its cursor.

        The driver's own cursor takes half of the time of Django's, which logs and wraps when that is asked for.
        """
        if database.vendor != "sqlite" or database.queries_logged or database.execute_wrappers:
            cursor = database.cursor()
            cursor.execute(self._sql, _given(self._parameters, values))
            return cursor
        database.ensure_connection()
        database.validate_no_broken_transaction()
        with database.wrap_database_errors:
            return database.connection.execute(self._driver_sql, _given(self._driver_parameters, values))


def _given(parameters: Sequence[Any], values: dict[str, Any]) -> list[Any]:
    return [parameter.value(values) if isinstance(parameter, Parameter) else parameter for parameter in parameters]


def _for_driver(sql: str, parameters: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return a statement as the driver of SQLite takes it; Django's cursor rewrites it at each execution.

    Texts and numbers that are always the same are part of it: SQLite uses an index with a condition, such as that of
    the open sets, only for a statement that has the condition itself and no parameter.
    """
    first, *rest = (part.replace("%%", "%") for part in FORMAT_QMARK_REGEX.split(sql))
    result, given = [first], []
    for parameter, part in zip(parameters, rest, strict=True):
        if type(parameter) is int:
            result += [str(parameter), part]
        elif isinstance(parameter, str) and "\0" not in parameter:
            result += [f"""'{parameter.replace("'", "''")}'""", part]
        else:
            result += ["?", part]
            given.append(parameter)
    return "".join(result), given


class _Reader(_Statement):
    """A compiled SELECT: the statement, and how its rows become tuples or model objects."""

    def __init__(self, queryset: Any) -> None:
        compiler = queryset.query.get_compiler(using=queryset.db)
        super().__init__(compiler)
        select = compiler.select
        self._converters = compiler.get_converters([column for column, _, _ in select])
        self._annotations = compiler.annotation_col_map or {}
        self._model: type[Model] | None = None
        if queryset._fields is None:
            info = compiler.klass_info
            first, last = info["select_fields"][0], info["select_fields"][-1]
            self._model, self._own = info["model"], slice(first, last + 1)
            self._names = [column.target.attname for column, _, _ in select[self._own]]
            self._related = query.get_related_populators(info, select, queryset.db)  # type: ignore[call-arg]

    def read(self, database: BaseDatabaseWrapper, row: Sequence[Any]) -> Any:
        """Return a row as a tuple, or as an object with its related ones and its annotations."""
        values = list(row)
        for index, (converters, expression) in self._converters.items():
            for convert in converters:
                values[index] = convert(values[index], expression, database)
        if self._model is None:
            return tuple(values)
        found = self._model.from_db(database.alias, self._names, values[self._own])
        for populator in self._related:
            populator.populate(values, found)
        for name, index in self._annotations.items():
            setattr(found, name, values[index])
        return found


class PreparedQuery(Generic[Row]):
    """A queryset of objects, or of tuples by `values_list`, that is compiled once."""

    def __init__(self, build: Callable[[], "QuerySet[Any, Row]"]) -> None:
        self._build = build
        self._compiled: _Reader | None = None

    def all(self, **values: Any) -> list[Row]:
        """Return all rows for these values; none when a number is larger than any key that a row can have."""
        if any(isinstance(value, int) and abs(value) > LARGEST_KEY for value in values.values()):
            return []
        if self._compiled is None:
            self._compiled = _Reader(self._build())
        database = connections[DEFAULT_DB_ALIAS]  # the proxy `connection` looks this up for each attribute
        with closing(self._compiled.execute(database, values)) as cursor, database.wrap_database_errors:
            return [cast(Row, self._compiled.read(database, row)) for row in cursor.fetchall()]

    def first(self, **values: Any) -> Row | None:
        """Return the first row, or None; the queryset itself names its order, and a limit where it needs one."""
        return next(iter(self.all(**values)), None)


def insert_object(new: Instance) -> Instance:
    """Insert a new object, give it its key, and return it; no signal is sent, and its fields are not validated."""
    database = connections[DEFAULT_DB_ALIAS]
    returns_key = database.vendor == "postgresql"
    statement, fields = _insert_statement(type(new), returns_key)
    values = [field.get_db_prep_save(field.pre_save(new, True), database) for field in fields]
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        new.pk = cursor.fetchone()[0] if returns_key else cursor.lastrowid
    new._state.adding, new._state.db = False, database.alias  # noqa: SLF001 - as Django's own `save` does
    return new


@cache
def _insert_statement(model: type[Model], returns_key: bool) -> tuple[str, list["Field[Any, Any]"]]:
    """Return the statement that inserts an object, whose key the database chooses, and the fields of its values."""
    meta, quote = model._meta, connections[DEFAULT_DB_ALIAS].ops.quote_name  # noqa: SLF001 - public by documentation
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - names of our own
    return statement + (f" RETURNING {quote(str(meta.pk.column))}" if returns_key else ""), fields


class PreparedUpdate:
    """An update of the rows of a queryset that is compiled once; the new values are expressions or fixed."""

    def __init__(self, build: Callable[[], "QuerySet[Any, Any]"], **columns: BaseExpression | bool | None) -> None:
        self._build, self._columns = build, columns
        self._compiled: _Statement | None = None

    def run(self, **values: Any) -> int:
        """Update the rows and return their number."""
        if self._compiled is None:
            queryset: Any = self._build()
            update = queryset.query.chain(UpdateQuery)
            update.add_update_values(self._columns)
            self._compiled = _Statement(update.get_compiler(using=queryset.db))
        with closing(self._compiled.execute(connections[DEFAULT_DB_ALIAS], values)) as cursor:
            return int(cursor.rowcount)
