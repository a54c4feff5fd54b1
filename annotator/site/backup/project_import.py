"""Importing the file of a project: its rows get new keys, and its people are accounts of this site or only names."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import orjson
from django.db import connection, transaction

from annotator.corpus.identities import link_accounts
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import Row, insert_rows
from annotator.platform.bulk_rows import Table as Target
from annotator.platform.garbage import collect_young, paused_collector
from annotator.platform.shared_files import SharedPath
from annotator.site.backup import rows
from annotator.site.backup.archive import ArchiveReader, FileEntry, Manifest, TableEntry, open_archive
from annotator.site.backup.problems import BackupUnreadable, OtherVersion
from annotator.site.backup.project_export import PROJECT, project_tables
from annotator.site.backup.project_people import PeopleChoice, map_people
from annotator.site.backup.site_backup import Say, applied_migrations
from annotator.site.backup.site_restore import refuse_newer
from annotator.site.backup.tables import KEYS_IN_JSON, Table, columns_of, foreign_keys, key_column, name_of
from projects.models import Membership, Project
from projects.problems import SlugTaken
from projects.roles import Role
from projects.services.projects import check_slug

Move = Callable[[object], object]


@dataclass
class Imported:
    """What was imported: the project, the accounts by name in the file, and the rows left out by table."""

    project: Project
    people: Mapping[str, str]
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def import_project(
    path: Path,
    *,
    now: datetime,
    slug: str = "",
    choice: PeopleChoice | None = None,
    lead: User | None = None,
    passphrase: str = "",
    say: Say = lambda _: None,
) -> Imported:
    """Import a project completely or not at all.

    Raises `SlugTaken`, `PeopleUndecided`, `BackupTooNew`, `OtherVersion` or `BackupUnreadable`.
    """
    choice = choice or PeopleChoice()
    with open_archive(path, kind=PROJECT, passphrase=passphrase) as archive:
        manifest = archive.manifest
        _check_version(manifest)
        slug = _free_slug(slug or str(manifest.project["slug"]))
        with transaction.atomic(), paused_collector():
            people = map_people(manifest.project["people"], choice, now=now)
            shifts = _reserve_keys(manifest)
            project_key = shifts["projects_project"] + _only_key(archive)
            imported = Imported(Project(pk=project_key), people.names)
            for table in project_tables():
                _load(archive, _RowMover(table, shifts, people.keys, slug), imported)
                say(f"{name_of(table)} imported")
            imported.project.refresh_from_db()
            if lead is not None:
                values = {"role": Role.LEAD.value, "joined_at": now}
                Membership.objects.update_or_create(project=imported.project, user=lead, defaults=values)
            _link_names(imported.project, choice, now=now)
            for file in manifest.files:
                _write_file(archive, file, shift=shifts["releases_release"])
        return imported


def _link_names(project: Project, choice: PeopleChoice, *, now: datetime) -> None:
    """Link the names in the file that are other accounts here: files that are imported later may have these names."""
    accounts = User.objects.in_bulk(choice.accounts.values(), field_name="username")
    renamed = {name: accounts[account] for name, account in choice.accounts.items() if name != account}
    link_accounts(project, renamed, now=now)


def _check_version(manifest: Manifest) -> None:
    refuse_newer(manifest)
    ours = applied_migrations()
    apps = {table._meta.app_label for table in project_tables()}  # noqa: SLF001 - public by documentation
    if any(manifest.migrations.get(app) != ours.get(app) for app in apps):
        raise OtherVersion(
            f"The file was written by version {manifest.version} of the site, whose tables are older than those of "
            "this version. Upgrade that site, export the project again, then import it."
        )


def _free_slug(slug: str) -> str:
    check_slug(slug)
    if Project.objects.filter(slug=slug).exists():
        raise SlugTaken(f"There is a project with the address “{slug}”. Give the imported one another with --slug.")
    return slug


def _only_key(archive: ArchiveReader) -> int:
    """Return the key of the project in the file."""
    table = archive.manifest.table("projects_project")
    if table is None or table.rows != 1:
        raise BackupUnreadable("The file does not hold exactly one project.")
    (row,) = next(archive.rows(table))
    return int(row[[column.name for column in table.columns].index("id")])


def _reserve_keys(manifest: Manifest) -> dict[str, int]:
    """Return by how much the keys of each table are moved: behind all keys of this site, in the same order.

    The keys are taken at once, so that rows of other requests do not get them.
    """
    shifts = {}
    for table in project_tables():
        name, key = name_of(table), next(column for column in columns_of(table) if column.name == key_column(table))
        entry = manifest.table(name)
        shifts[name] = rows.last_key(name, key)
        if entry is not None:
            rows.set_last_key(name, key, shifts[name] + entry.last_key)
    return shifts


class _RowMover:
    """The change of the rows of one table: new keys, people of this site, and no references to what was left out."""

    def __init__(self, table: Table, shifts: Mapping[str, int], people: Mapping[int, int | None], slug: str) -> None:
        self.table = table
        self._moves: list[tuple[int, Move, bool]] = []
        names = [column.name for column in columns_of(table)]
        keys = foreign_keys(table)
        if key_column(table) not in keys:
            self._add(names.index(key_column(table)), _shifted(shifts[name_of(table)]), required=True)
        for name, foreign in keys.items():
            if foreign.related_model is User:
                move: Move = _mapped(people)
            elif (target := name_of(foreign.related_model)) in shifts:
                move = _shifted(shifts[target])
            else:
                move = _nothing
            self._add(names.index(name), move, required=not foreign.null)
        for (own, name), members in KEYS_IN_JSON.items():
            if own == name_of(table):
                by_member = {member: shifts[target] for member, target in members.items()}
                self._add(names.index(name), _shifted_members(by_member), required=True)
        if table is Project:
            self._add(names.index("slug"), lambda _: slug, required=True)

    def __call__(self, batch: list[Row]) -> list[Row]:
        """Return the changed rows, without those that need a person or row which is not here."""
        moved = []
        for row in batch:
            values = list(row)
            for index, move, required in self._moves:
                values[index] = None if values[index] is None else move(values[index])
                if required and values[index] is None:
                    break
            else:
                moved.append(tuple(values))
        return moved

    def _add(self, index: int, move: Move, *, required: bool) -> None:
        self._moves.append((index, move, required))


def _shifted(by: int) -> Move:
    return lambda key: int(str(key)) + by


def _mapped(people: Mapping[int, int | None]) -> Move:
    return lambda key: people.get(int(str(key)))


def _nothing(_: object) -> None:
    return None


def _shifted_members(by_member: Mapping[str, int]) -> Move:
    def move(text: object) -> str:
        value = orjson.loads(str(text))
        for member, by in by_member.items():
            value = _shifted_at(value, member.split("."), by)
        return orjson.dumps(value).decode()

    return move


def _shifted_at(value: Any, path: Sequence[str], by: int) -> Any:
    """Return JSON with the keys at a path moved; those that are written as text stay text."""
    if isinstance(value, list):
        return [_shifted_at(item, path, by) for item in value]
    if not path:
        return str(int(value) + by) if isinstance(value, str) else value + by
    if isinstance(value, dict) and value.get(path[0]) is not None and value.get("kind", "document") == "document":
        value[path[0]] = _shifted_at(value[path[0]], path[1:], by)
    return value


def _load(archive: ArchiveReader, mover: _RowMover, imported: Imported) -> None:
    name, columns = name_of(mover.table), columns_of(mover.table)
    entry = archive.manifest.table(name)
    if entry is None:
        return
    _check_columns(entry, mover.table)
    target = Target(name, [column.name for column in columns])
    with connection.cursor() as cursor:
        for batch in archive.rows(entry):
            moved = mover(batch)
            insert_rows(cursor, target, rows.stored_rows(columns, moved))
            imported.rows += len(moved)
            imported.left_out[name] += len(batch) - len(moved)
            collect_young()


def _check_columns(entry: TableEntry, table: Table) -> None:
    if entry.columns != columns_of(table):
        raise BackupUnreadable(f"The columns of {entry.name} in the file are not those of its version.")


def _write_file(archive: ArchiveReader, file: FileEntry, *, shift: int) -> None:
    folder, key, name = (*PurePosixPath(file.name).parts, "", "", "")[:3]
    if folder != "releases" or not key.isdecimal() or name != "release.zip" or file.name.count("/") != 2:
        raise BackupUnreadable(f"The file has a path {file.name!r}, which no project has.")
    with (SharedPath(folder) / (int(key) + shift) / name).replaced() as target:
        archive.copy_file(file, target)
