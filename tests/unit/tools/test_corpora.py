"""The table of `make corpora`."""

import shutil

import pytest

from tests.template import template_path
from tools import corpora


@pytest.mark.usefixtures("django_db_setup")  # makes the template of the tables
def test_each_corpus_has_a_row(tmp_path, capsys):
    whole, damaged, site = tmp_path / "whole", tmp_path / "damaged", tmp_path / "site"
    for folder in (whole, damaged, site):
        folder.mkdir()
    shutil.copy(template_path(), site / "annotator.sqlite3")
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
