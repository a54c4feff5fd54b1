"""The file of one project, to move it to another server."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from annotator.datasets.releases.models import Release
from annotator.datasets.releases.services.building import ARCHIVE, directory_of
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import Row
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.platform.snapshots import read_snapshot
from annotator.site.backup import rows
from annotator.site.backup.archive import ArchiveWriter, Manifest, new_archive
from annotator.site.backup.site_backup import Say, applied_migrations, new_manifest
from annotator.site.backup.tables import (
    Place,
    Table,
    all_tables,
    columns_of,
    foreign_keys,
    key_column,
    name_of,
    place_of,
)
from annotator.site.removal.project_rows import rows_of_project
from annotator.site.removal.services import ProjectBusy
from projects.models import Project

PROJECT = "project"
PEOPLE_AT_ONCE = 500


def project_tables() -> list[Table]:
    """Return the tables in the file of a project, each after the tables that its rows refer to."""
    return [table for table in all_tables() if place_of(table) is Place.PROJECT]


def export_project(
    project: Project, path: Path, *, now: datetime, passphrase: str = "", say: Say = lambda _: None
) -> Manifest:
    """Write a project to a file that only its owner may read; people may save at the same time.

    Raises `ProjectBusy` while a background job of the project is unfinished: its work would be cut off.
    """
    with new_archive(path, new_manifest(PROJECT, now=now), passphrase=passphrase) as archive, read_snapshot():
        if Job.objects.filter(project=project).exclude(state__in=FINAL_STATES).exists():
            raise ProjectBusy("A background job of this project is queued or running. Wait until it has ended.")
        archive.manifest.migrations = applied_migrations()
        people: set[int] = set()
        for table, where, parameters in _selections(project):
            count = _write_table(archive, table, where, parameters, people)
            say(f"{name_of(table)}: {count:,} rows")
        names = dict(_names(people))
        archive.manifest.project = {"slug": project.slug, "name": project.name, "people": names}
        for release in Release.objects.filter(project=project).order_by("id"):
            stored = directory_of(release) / ARCHIVE
            if stored.is_file():
                with stored.open() as file:
                    archive.add_file(f"releases/{release.pk}/{ARCHIVE}", file)
    return archive.manifest


def _selections(project: Project) -> Iterator[tuple[Table, str, tuple[object, ...]]]:
    """Yield each table of the file with the condition that selects the rows of the project."""
    selected = {}
    for queryset in rows_of_project(project):
        sql, parameters = queryset.values("pk").query.sql_with_params()
        selected[queryset.model] = (sql, tuple(parameters))
    for table in project_tables():
        sql, parameters = selected[table]
        yield table, f"{rows.quoted(key_column(table))} IN ({sql})", parameters


def _write_table(
    archive: ArchiveWriter, table: Table, where: str, parameters: tuple[object, ...], people: set[int]
) -> int:
    """Write the rows of a table, and collect the keys of the accounts that they refer to."""
    columns, key = columns_of(table), key_column(table)
    batches = rows.read_rows(name_of(table), columns, key=key, where=where, parameters=parameters)
    to_people = [key.column for key in foreign_keys(table).values() if key.related_model is User]
    places = [index for index, column in enumerate(columns) if column.name in to_people]
    highest = _Highest(next(index for index, column in enumerate(columns) if column.name == key), places, people)
    count = archive.add_table(name_of(table), columns, map(highest, batches), last=0)
    archive.manifest.tables[-1].last_key = highest.key
    return count


class _Highest:
    """The highest key in batches of rows; also collects the values of some of their columns."""

    def __init__(self, place: int, places: Sequence[int], people: set[int]) -> None:
        self.key = 0
        self._place, self._places, self._people = place, places, people

    def __call__(self, batch: list[Row]) -> list[Row]:
        for place in self._places:
            self._people.update(row[place] for row in batch if row[place] is not None)
        self.key = max(self.key, batch[-1][self._place])
        return batch


def _names(people: set[int]) -> Iterator[tuple[str, str]]:
    keys = sorted(people)
    for start in range(0, len(keys), PEOPLE_AT_ONCE):
        users = User.objects.filter(pk__in=keys[start : start + PEOPLE_AT_ONCE]).order_by("id")
        for key, name in users.values_list("id", "username"):
            yield str(key), name
