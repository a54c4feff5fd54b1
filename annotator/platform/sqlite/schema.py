"""Changes of tables on SQLite that touch no more rows than they have to.

Django looks at every reference of the database after every migration. With two million spans that was most of an
upgrade, although few migrations write rows. It also copies a table to add a column that is not null, which SQLite adds
without a look at any row when the column has a constant default.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from django.db import IntegrityError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.sqlite3 import schema
from django.db.models import Field, Model, Value

NAME = r'"?(\w+)"?'
WRITES = re.compile(
    rf"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM|(?:DROP|ALTER)\s+TABLE)\s+{NAME}",
    re.IGNORECASE,
)
RENAME = re.compile(rf"\s*ALTER\s+TABLE\s+{NAME}\s+RENAME\s+TO\s+{NAME}", re.IGNORECASE)
# A new table has no rows, and a new column no values that refer to anything.
HARMLESS = re.compile(
    r"\s*(?:ALTER\s+TABLE\s+\S+\s+ADD\s+COLUMN|SELECT|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|(?:CREATE|DROP)\s+(?:UNIQUE\s+)?INDEX|CREATE\s+TABLE)\b",
    re.IGNORECASE,
)
REFERENCES = """
    SELECT tables.name, keys."table" FROM sqlite_master AS tables, pragma_foreign_key_list(tables.name) AS keys
    WHERE tables.type = 'table'
"""


class Writes:
    """The tables that statements have written to; everything when a statement is of another kind."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.are_known = True

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note a statement and execute it."""
        if not HARMLESS.match(sql):
            if found := RENAME.match(sql) or WRITES.match(sql):
                self.tables.update(name.lower() for name in found.groups())
            else:
                self.are_known = False
        return execute(sql, params, many, context)


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Editor that checks the tables with new rows, and those that refer to tables with other rows than before."""

    def add_field(self, model: type[Model], field: "Field[Any, Any]") -> None:
        """Add a column; without a copy of the table when all its rows get the same value."""
        if _has_constant_default(field):
            BaseDatabaseSchemaEditor.add_field(self, model, field)
        else:
            super().add_field(model, field)

    def __enter__(self) -> "SchemaEditor":
        self._writes, self._watching = Writes(), ExitStack()
        super().__enter__()
        self._watching.enter_context(self.connection.execute_wrapper(self._writes))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._watching.close()
        try:
            if kind is None:
                self.connection.check_constraints(self._changed_tables())
        except IntegrityError as broken:
            self._end(type(broken), broken, broken.__traceback__)
            raise
        self._end(kind, error, traceback)

    def _end(self, *error: Any) -> None:
        """Commit or roll back as Django's general editor does; its editor for SQLite would check everything."""
        BaseDatabaseSchemaEditor.__exit__(self, *error)
        self.connection.enable_constraint_checking()

    def _changed_tables(self) -> Iterable[str] | None:
        """Return the tables to check; None for all."""
        if not self._writes.are_known:
            return None
        written = self._writes.tables
        with self.connection.cursor() as cursor:
            references = cursor.execute(REFERENCES).fetchall()
        return {child for child, parent in references if child.lower() in written or parent.lower() in written}


def _has_constant_default(field: "Field[Any, Any]") -> bool:
    """Return whether SQLite can add the column by itself: it has the same value in all rows and stands for itself."""
    if field.primary_key or field.unique or field.remote_field is not None or not field.has_db_default():
        return False
    return isinstance(field.db_default, Value) or not hasattr(field.db_default, "resolve_expression")
