from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools.services import fonts


@pytest.mark.parametrize("name", ["dejavu", "noto"])
def test_a_configuration_names_its_own_folder_alone(name: str):
    root = ElementTree.fromstring(fonts.configuration(fonts.FONT_SETS[name], Path("/fonts")))

    assert [folder.text for folder in root.iter("dir")] == ["/fonts"]
    assert list(root.iter("include")) == []


def test_every_kind_of_font_has_fallbacks_for_other_scripts():
    root = ElementTree.fromstring(fonts.configuration(fonts.NOTO, Path("/fonts")))
    families = {
        alias.findtext("family"): [family.text for family in alias.iter("family")] for alias in root.iter("alias")
    }

    assert families["serif"][1:] == ["Noto Serif", *fonts.NOTO.fallback]
    assert families["Times New Roman"][1:] == families["serif"][1:]


def test_files_that_are_there_are_not_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path / "fonts")
    monkeypatch.setattr(fonts, "SYSTEM_FOLDER", tmp_path / "system")
    (tmp_path / "system/truetype").mkdir(parents=True)
    for files in fonts.DEJAVU.packages.values():
        for file in files:
            (tmp_path / "system/truetype" / file).write_bytes(b"font")

    configuration = Path(fonts.ready_fonts("dejavu"))

    assert {path.name for path in configuration.parent.glob("*.ttf")} == {
        file for files in fonts.DEJAVU.packages.values() for file in files
    }
