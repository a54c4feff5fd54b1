"""Empty the database after a test that commits: what `flush` does, without creating permissions again.

`flush` deletes every row and then has Django create content types and permissions, which takes 0.1 s of processor time
on SQLite and more on PostgreSQL. They are the same for all tests, so they stay, and tables without rows are left alone.
"""

from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission", "django_migrations"}


def install() -> None:
    """Let tests that commit delete rows with `empty_tables` instead of `flush`."""
    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[attr-defined]


def empty_tables(connection: BaseDatabaseWrapper) -> None:
    """Delete the rows of all tables but those that migrations fill alike for every test."""
    tables = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in KEPT]
    quote = connection.ops.quote_name
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # Constraints are checked at the commit on both databases, so the order does not matter.
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in tables)
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(name)}")


def _fixture_teardown(test: Any) -> None:
    for alias in test._databases_names(include_mirrors=False):
        empty_tables(connections[alias])
