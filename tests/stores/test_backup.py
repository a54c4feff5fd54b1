"""Backup and restore by the commands that operators use: while people save, and from each database to the other."""

import hashlib
import json
import subprocess
import sys
import zipfile

import pytest

from tests.stores.installation import PYTHON, Installation
from tests.waiting import LONG, wait_for

pytestmark = [pytest.mark.stores, pytest.mark.servers]


@pytest.fixture
def make_installation(tmp_path):
    """Return a function that makes an installation without rows or without tables, on SQLite or on the server."""
    made = []

    def make(name, *, on_sqlite, has_tables):
        made.append(Installation(tmp_path / name, empty=not has_tables, on_sqlite=on_sqlite))
        return made[-1]

    yield make
    for installation in made:
        installation.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An installation with the sample project and a release of it, and a project in which people save."""
    filled = Installation(tmp_path_factory.mktemp("filled"))
    filled.manage_all(
        ["demo", "--no-serve"], ["create_release", "sample", "--name", "first"], export_of_everyone(filled)
    )
    filled.scene("make_annotators", 3)
    yield filled
    filled.close()


def export_of_everyone(installation):
    """Return the command that exports the sample project with the annotations of everyone."""
    return ["export_dataset", "sample", "--out", str(installation.folder / "exported.jsonl")]


def exported(installation):
    """Return the bytes that the command has written."""
    return (installation.folder / "exported.jsonl").read_bytes()


def tables_of(path):
    """Return the digest of the rows of each table."""
    with zipfile.ZipFile(path) as archive:
        return {
            name: hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if name.startswith("tables/")
        }


def test_backup_made_while_people_save_restores_on_both_databases(filled, make_installation, tmp_path):
    stop, backup = tmp_path / "stop", tmp_path / "site.backup"
    saving = subprocess.Popen(
        [PYTHON, "-m", "tests.stores.scenes", "save_until", str(stop)],
        env=filled.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    changes = "SELECT count(*) FROM spans_change"
    before = filled.rows(changes)[0][0]
    wait_for(lambda: filled.rows(changes)[0][0] > before)

    said = filled.manage("backup", str(backup))

    stop.touch()
    saved = json.loads(saving.communicate(timeout=LONG)[0])
    archives = [backup]
    for name, on_sqlite in (("there", True), ("back", False)):
        other = make_installation(name, on_sqlite=on_sqlite, has_tables=not on_sqlite)
        archives.append(tmp_path / f"{name}.backup")
        other.manage_all(["restore", str(archives[-2])], ["backup", str(archives[-1])])
    assert tables_of(archives[0]) == tables_of(archives[1]) == tables_of(archives[2])
    other.manage_all(export_of_everyone(other), ["verify_release", "sample/1"])
    assert exported(other) == exported(filled)
    states = other.scene("compare_rows_and_log").values()
    assert all(state["same"] for state in states)
    assert before < sum(len(state["changes"]) for state in states) <= before + saved
    assert "4 password hashes" in said
    assert backup.stat().st_mode & 0o777 == 0o600


def test_backup_of_a_newer_version_is_refused_and_of_an_older_one_is_brought_up_to_date(
    filled, make_installation, tmp_path
):
    backup, newer, older = (tmp_path / name for name in ("site.backup", "newer.backup", "older.backup"))
    filled.manage("backup", str(backup))
    rewrite(backup, newer, lambda migrations: migrations["spans"].append("0099_later"))
    rewrite(backup, older, lambda migrations: migrations["agreement"].remove("0005_describe_fields"))
    other = make_installation("other", on_sqlite=False, has_tables=False)

    refused = subprocess.run(
        [sys.executable, "manage.py", "restore", str(newer)],
        env=other.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    other.manage("restore", str(older))

    assert refused.returncode == 1
    assert "whose tables are newer than those of this version (spans 0099_later)" in refused.stderr
    assert "No planned migration operations" in other.manage("migrate", "--plan")


def test_project_moves_to_the_other_database_and_back(filled, make_installation, tmp_path):
    file = tmp_path / "sample.project"
    filled.manage("export_project", "sample", str(file))
    for name, on_sqlite, people in (("there", True, ()), ("back", False, ("--names-only",))):
        site = make_installation(name, on_sqlite=on_sqlite, has_tables=True)
        _created, imported, _exported, checked, *_last = site.manage_all(
            ["create_user", "chief", "--generate"],
            ["import_project", str(file), "--lead", "chief", *people],
            export_of_everyone(site),
            ["check_log", "sample"],
            ["export_project", "sample", str(file)] if on_sqlite else ["verify_release", "sample/1"],
        )
        assert ("ada: only a name" if people else "ada: new, closed account") in imported
        assert exported(site) == exported(filled)
        assert " 0 damaged" in checked


def rewrite(source, target, change):
    """Copy a backup with other migrations in its manifest."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                change(manifest["migrations"])
                data = json.dumps(manifest).encode()
            new.writestr(name, data)
