"""The table of `make corpora`."""

import shutil
import sqlite3
from contextlib import closing

from tests.template import migrated_file
from tools import corpora


def test_each_corpus_has_a_row_and_commands_create_missing_tables(tmp_path, capsys, monkeypatch):
    # The settings of tests have a folder of their own.
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "annotator.settings")
    whole, damaged, site = tmp_path / "whole", tmp_path / "damaged", tmp_path / "site"
    for folder in (whole, damaged, site):
        folder.mkdir()
    database = site / "annotator.sqlite3"
    shutil.copy(migrated_file(), database)
    with closing(sqlite3.connect(database)) as tables, tables:
        tables.execute("DROP TABLE inbox_inboxstate")
        tables.execute("DELETE FROM django_migrations WHERE app = 'inbox'")
    for folder in (whole, damaged):
        (folder / "a.txt").write_text("Ada left.\n")
    (whole / "a.ann").write_text("T1\tPER 0 3\tAda\nT2\tPER 0 0\t\n")
    (damaged / "a.ann").write_text("T1\tPER 0 99\tAda\n")

    assert corpora.main(["--site", str(site), str(whole), str(damaged)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert any("Span T1: offsets 0 to 99 cover nothing" in line for line in lines)
    assert lines[-2].split("  ")[0] == "whole"
    assert "2 = 1 + 1" in lines[-2]
    assert "1 spans (without length)" in lines[-2]
    assert lines[-1].split() == ["damaged", "refused"]
    with closing(sqlite3.connect(database)) as tables:
        assert tables.execute("SELECT count(*) FROM projects_project").fetchone() == (2,)
        assert tables.execute("SELECT count(*) FROM inbox_inboxstate").fetchone() == (0,)
