"""Every table has a place in backups, in the file of a project and in the deletion of a project."""

import pytest

from annotator.site.backup.rows import expression
from annotator.site.backup.tables import (
    JSON_WITHOUT_KEYS,
    KEYS_IN_JSON,
    PLACES,
    Place,
    all_tables,
    columns_of,
    foreign_keys,
    name_of,
    place_of,
)
from annotator.site.removal.project_rows import _paths

HINT = "Add a line for the table to PLACES in annotator/site/backup/tables.py."
IN_PROJECTS = (Place.PROJECT, Place.PROJECT_ONLY_HERE)


def test_every_table_has_a_line():
    names = {name_of(table) for table in all_tables()}

    assert names - set(PLACES) == set(), HINT
    assert set(PLACES) - names == set(), "PLACES lists tables that do not exist."


@pytest.mark.parametrize("table", all_tables(), ids=name_of)
def test_deletion_of_a_project_finds_exactly_the_tables_of_projects(table):
    assert (table in _paths()) == (place_of(table) in IN_PROJECTS), HINT


@pytest.mark.parametrize("table", all_tables(), ids=name_of)
def test_every_column_can_be_backed_up(db, table):
    if place_of(table).is_backed_up:
        assert all(map(expression, columns_of(table)))


@pytest.mark.parametrize("table", all_tables(), ids=name_of)
def test_no_row_refers_to_a_row_that_is_left_out(table):
    targets = {key.related_model for key in foreign_keys(table).values() if not key.null} - {table}
    if place_of(table).is_backed_up:
        assert all(place_of(target).is_backed_up for target in targets)
    if place_of(table) is Place.PROJECT:
        allowed = (Place.PROJECT, Place.SITE)  # rows of the site are people, who are mapped
        assert all(place_of(target) in allowed for target in targets)


@pytest.mark.parametrize("table", [table for table in all_tables() if place_of(table) is Place.PROJECT], ids=name_of)
def test_keys_in_json_are_known(table):
    columns = [column.name for column in columns_of(table) if column.type == "JSONField"]
    listed = {name for name in columns if (name_of(table), name) in KEYS_IN_JSON}
    listed |= {name for name in columns if f"{name_of(table)}.{name}" in JSON_WITHOUT_KEYS}

    assert set(columns) == listed, "Add the JSON column to JSON_WITHOUT_KEYS or KEYS_IN_JSON in tables.py."
