"""Hotkeys of a schema that the editor has already."""

import re
from pathlib import Path

from projects.schema import EDITOR_KEYS

KEYMAP = Path("static/editor/commands/keymap.js")


def test_keys_are_those_of_the_editor() -> None:
    table = re.findall(r"^    \[\"([^\"])\", \"", KEYMAP.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(table) > 20
    assert set(table) - {"0"} == EDITOR_KEYS, "0 yields to the schema"
