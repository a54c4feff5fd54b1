"""Restoring a backup into an empty installation, on the same or the other database, from this or an older version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from annotator.platform.bulk_rows import Table, insert_rows
from annotator.platform.garbage import collect_young, paused_collector
from annotator.platform.installation import unknown_migrations
from annotator.platform.shared_files import FOLDERS, SharedPath
from annotator.site.backup import rows
from annotator.site.backup.archive import ArchiveReader, FileEntry, Manifest, TableEntry, open_archive
from annotator.site.backup.problems import BackupTooNew, BackupUnreadable, NotEmpty
from annotator.site.backup.site_backup import SITE, Say, applied_migrations, key_of
from annotator.site.backup.tables import all_tables, name_of

# An installation with rows in one of these has data of people.
OCCUPIED = ("accounts_user", "projects_project")


def check_backup(path: Path, *, passphrase: str = "") -> Manifest:
    """Read a backup completely, compare it with its manifest, and return the manifest."""
    with open_archive(path, kind=SITE, passphrase=passphrase) as archive:
        refuse_newer(archive.manifest)
        archive.check()
        return archive.manifest


def restore_site(path: Path, *, passphrase: str = "", say: Say = lambda _: None) -> Manifest:
    """Restore everything or nothing; raise `NotEmpty`, `BackupTooNew` or `BackupUnreadable`."""
    with open_archive(path, kind=SITE, passphrase=passphrase) as archive:
        manifest = archive.manifest
        refuse_newer(manifest)
        _refuse_data()
        _bring_tables_to(manifest, say)
        with _one_transaction(), paused_collector():
            _empty_tables(manifest)
            for table in manifest.tables:
                _load(archive, table)
                say(f"{table.name}: {table.rows:,} rows")
            for file in manifest.files:
                _write_file(archive, file)
            say(f"{len(manifest.files):,} files")
        call_command("migrate", interactive=False, verbosity=0)
        return manifest


def refuse_newer(manifest: Manifest) -> None:
    """Raise `BackupTooNew` when the tables of a backup have migrations that this version does not know."""
    newer = unknown_migrations((app, name) for app, names in manifest.migrations.items() for name in names)
    if newer:
        raise BackupTooNew(
            f"The backup was written by version {manifest.version} of the site, whose tables are newer than those of "
            f"this version ({', '.join(newer[:5])}). Install that version or a newer one, then restore."
        )


def _refuse_data() -> None:
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for name in OCCUPIED:
            if name in tables:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(name)} LIMIT 1")  # noqa: S608 - our own name
                if cursor.fetchone():
                    raise NotEmpty(
                        "This installation has accounts or projects. A backup is restored into an empty one only: set "
                        "VAR_DIR to a new folder, and DATABASE_URL to an empty database if you use PostgreSQL."
                    )


def _bring_tables_to(manifest: Manifest, say: Say) -> None:
    """Create the tables as they were when the backup was written; existing ones of another version are empty."""
    if connection.introspection.table_names() and applied_migrations() == manifest.migrations:
        return
    say("Creating the tables …")
    _drop_tables(manifest)
    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, names in manifest.migrations.items() for name in names}
    nodes = [node for node in wanted if node in executor.loader.graph.nodes]
    executor.migrate(nodes, plan=[(executor.loader.graph.nodes[node], False) for node in _in_order(executor, nodes)])


def _in_order(executor: MigrationExecutor, nodes: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: dict[tuple[str, str], None] = {}
    for node in sorted(nodes):
        seen |= dict.fromkeys(executor.loader.graph.forwards_plan(node))
    yield from seen


def _drop_tables(manifest: Manifest) -> None:
    """Drop the tables of the site; those of other programs in the same database stay."""
    quote = connection.ops.quote_name
    own = {MigrationRecorder.Migration._meta.db_table}  # noqa: SLF001 - public by documentation
    own |= {table.name for table in manifest.tables} | {name_of(table) for table in all_tables()}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        for name in own.intersection(connection.introspection.table_names()):
            cascade = " CASCADE" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TABLE {quote(name)}{cascade}")
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS releases_refuse()")
        else:
            cursor.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _one_transaction() -> Iterator[None]:
    """Commit all rows or none; foreign keys are checked at the end, which costs less than for each row."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        try:
            with transaction.atomic():
                yield
                cursor.execute("PRAGMA foreign_key_check")
                if broken := cursor.fetchone():
                    raise BackupUnreadable(f"A row of {broken[0]} refers to a row of {broken[2]} that is missing.")
        finally:
            cursor.execute("PRAGMA foreign_keys=ON")


def _empty_tables(manifest: Manifest) -> None:
    """Remove the rows that migrations made, referring rows first."""
    with connection.cursor() as cursor:
        for table in reversed(manifest.tables):
            _check_columns(table)
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")  # noqa: S608 - a table that exists


def _check_columns(table: TableEntry) -> None:
    """Raise `BackupUnreadable` when the database has no such table or columns, so that SQL has known names."""
    with connection.cursor() as cursor:
        if table.name not in connection.introspection.table_names(cursor):
            raise BackupUnreadable(f"The file has a table {table.name}, which its version did not have.")
        described = connection.introspection.get_table_description(cursor, table.name)
    if {column.name for column in described} != {column.name for column in table.columns}:
        raise BackupUnreadable(f"The columns of {table.name} in the file are not those of its version.")


def _load(archive: ArchiveReader, table: TableEntry) -> None:
    target = Table(table.name, [column.name for column in table.columns])
    with connection.cursor() as cursor:
        for batch in archive.rows(table):
            insert_rows(cursor, target, rows.stored_rows(table.columns, batch))
            collect_young()
        if connection.vendor == "postgresql":
            # Checked table by table, so that the database need not remember millions of rows until the end.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    key = next((column for column in table.columns if column.name == "id"), None)
    if key:
        rows.set_last_key(table.name, key_of(table.columns, "id"), table.last_key)


def _write_file(archive: ArchiveReader, file: FileEntry) -> None:
    folder, *rest = PurePosixPath(file.name).parts
    if folder not in FOLDERS or not rest or ".." in rest:
        raise BackupUnreadable(f"The file has a path {file.name!r}, which no backup has.")
    with SharedPath("/".join((folder, *rest))).replaced() as target:
        archive.copy_file(file, target)
