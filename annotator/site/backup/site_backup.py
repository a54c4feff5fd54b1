"""The backup of a whole site: every table as it stood at one moment, and all files."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q

from annotator.platform.accounts.models import ApiToken, User
from annotator.platform.shared_files import FOLDERS, SharedPath
from annotator.platform.snapshots import read_snapshot
from annotator.site.backup import rows
from annotator.site.backup.archive import ArchiveWriter, Manifest, new_archive
from annotator.site.backup.tables import Column, Table, backed_up_tables, columns_of, key_column, name_of
from projects.models import Invitation

SITE = "site"
Say = Callable[[str], object]


def back_up_site(path: Path, *, now: datetime, passphrase: str = "", say: Say = lambda _: None) -> Manifest:
    """Write all data to a file that only its owner may read; people may save and jobs may run at the same time."""
    with new_archive(path, new_manifest(SITE, now=now), passphrase=passphrase) as archive:
        with read_snapshot():
            archive.manifest.migrations = applied_migrations()
            archive.manifest.secrets = count_secrets()
            for table in backed_up_tables():
                count = write_table(archive, table)
                say(f"{name_of(table)}: {count:,} rows")
            # Files of rows in the snapshot were complete before their row said so.
            count = sum(1 for _ in _add_files(archive))
        say(f"{count:,} files")
    return archive.manifest


def new_manifest(kind: str, *, now: datetime) -> Manifest:
    """Return the manifest of a new file."""
    return Manifest(
        kind=kind,
        version=settings.VERSION,
        created_at=now.isoformat(timespec="seconds"),
        database=connection.vendor,
        migrations={},
    )


def write_table(archive: ArchiveWriter, table: Table, *, where: str = "", parameters: tuple[object, ...] = ()) -> int:
    """Write the rows of a table, all or those of a condition, and return their number."""
    name, columns, key = name_of(table), columns_of(table), key_column(table)
    batches = rows.read_rows(name, columns, key=key, where=where, parameters=parameters)
    return archive.add_table(name, columns, batches, last=rows.last_key(name, key_of(columns, key)))


def key_of(columns: list[Column], name: str) -> Column:
    """Return the column with a name."""
    return next(column for column in columns if column.name == name)


def applied_migrations() -> dict[str, list[str]]:
    """Return the names of the migrations that the tables have, by app."""
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def count_secrets() -> dict[str, int]:
    """Return how many secrets of each kind a backup holds. Tokens and links are stored as digests only."""
    usable = ~Q(password="") & ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return {
        "password hashes": User.objects.filter(usable).count(),
        "email addresses": User.objects.exclude(email="").count(),
        "digests of API tokens": ApiToken.objects.count(),
        "digests of invitation links": Invitation.objects.filter(accepted_at=None, revoked_at=None).count(),
    }


def _add_files(archive: ArchiveWriter) -> Iterator[str]:
    for file in (file for folder in FOLDERS for file in SharedPath(folder).files()):
        try:
            with file.open() as source:
                archive.add_file(file.name, source)
        except FileNotFoundError:
            continue  # removed since it was listed
        yield file.name
