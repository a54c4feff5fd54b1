"""Migrations on SQLite check the references of the tables that they write to, and copy tables only for a reason."""

from contextlib import closing

import pytest
from django.db import IntegrityError, connections, models
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler
from django.test.utils import CaptureQueriesContext, isolate_apps

pytestmark = pytest.mark.django_db

REFERENCE = "parent_id integer REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED"
TABLES = (
    "CREATE TABLE parent (id integer PRIMARY KEY)",
    f"CREATE TABLE child (id integer PRIMARY KEY, {REFERENCE})",
    f"CREATE TABLE other (id integer PRIMARY KEY, {REFERENCE})",
    "INSERT INTO parent VALUES (1)",
    "INSERT INTO child VALUES (1, 1)",
)
REMADE = (
    f'CREATE TABLE "new__child" (id integer PRIMARY KEY, {REFERENCE}, name text)',
    'INSERT INTO "new__child" (id, parent_id) SELECT id, parent_id + 1 FROM child',
    'DROP TABLE "child"',
    'ALTER TABLE "new__child" RENAME TO "child"',
)


@pytest.fixture
def connection(tmp_path):
    settings = {"ENGINE": "annotator.platform.sqlite", "NAME": str(tmp_path / "database")}
    with closing(ConnectionHandler({"default": {}, "scratch": settings})["scratch"]) as connection:
        connections["scratch"] = connection  # where transactions look for it
        run(connection, *TABLES)
        yield connection
    del connections["scratch"]


def run(connection, *statements):
    with connection.schema_editor() as editor:
        for statement in statements:
            editor.execute(statement)


@pytest.mark.parametrize(
    "statements",
    [["INSERT INTO child VALUES (2, 9)"], ['UPDATE "child" SET parent_id = 9'], ["DELETE FROM parent"], REMADE],
)
def test_a_migration_that_breaks_a_reference_is_undone(connection, statements):
    with pytest.raises(IntegrityError):
        run(connection, *statements)

    with connection.cursor() as cursor:
        assert cursor.execute("SELECT id, parent_id FROM child").fetchall() == [(1, 1)]
        assert cursor.execute("SELECT id FROM parent").fetchall() == [(1,)]
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_tables_that_are_not_written_to_are_not_checked_unless_a_statement_is_of_another_kind(connection):
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO other VALUES (1, 9)")

    run(connection, "ALTER TABLE child ADD COLUMN name text", "UPDATE child SET name = 'a'", "CREATE TABLE third (id)")
    with pytest.raises(IntegrityError, match="other"):
        run(connection, "WITH one AS (SELECT 1) INSERT INTO child (id) SELECT 3 FROM one")


@isolate_apps("annotator.corpus.documents")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        (models.BooleanField(default=False, db_default=False), 0),
        (models.CharField(max_length=9, default="", db_default="it's"), "it's"),
        (models.JSONField(default=list, db_default=models.Value([], models.JSONField())), "[]"),
    ],
)
def test_column_with_a_constant_default_is_added_without_a_copy_of_the_table(connection, field, value):
    class Parent(models.Model):
        class Meta:
            app_label, db_table = "documents", "parent"

    field.model = Parent
    field.set_attributes_from_name("added")

    with CaptureQueriesContext(connection) as queries, connection.schema_editor() as editor:
        editor.add_field(Parent, field)

    assert not any("new__" in query["sql"] for query in queries)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO parent (id) VALUES (2)")
        assert cursor.execute("SELECT id, added FROM parent").fetchall() == [(1, value), (2, value)]
    with pytest.raises(IntegrityError):
        run(connection, "INSERT INTO parent (id, added) VALUES (3, NULL)")


def test_upgrade_copies_the_table_of_documents_once(connection):
    first, second = [("documents", "0003_describe_fields")], [("documents", "0004_equal_texts")]
    MigrationExecutor(connection).migrate(first)
    before = unique_columns(connection)

    with CaptureQueriesContext(connection) as queries:
        MigrationExecutor(connection).migrate(second)

    assert len([query for query in queries if query["sql"].startswith('INSERT INTO "new__')]) == 1
    assert unique_columns(connection) - before == {("project_id", "sha256", "external_id")}
    assert before - unique_columns(connection) == {("project_id", "sha256")}
    MigrationExecutor(connection).migrate(first)
    assert unique_columns(connection) == before


def unique_columns(connection):
    """Return the columns of each constraint of the table of documents that has several."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "documents_document").values()
    return {tuple(constraint["columns"]) for constraint in constraints if len(constraint["columns"]) > 1}
