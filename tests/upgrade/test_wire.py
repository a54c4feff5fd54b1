"""The wire stays: every name that other programs rely on is as it was at commit 00811ce. More may be added.

`wire.json` never changes, whatever is added or renamed. A deliberate exception is a line of `ACCEPTED` with its reason.
After a move or a renaming of modules, adapt the constants of `snapshot.py` if it can no longer read something.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

SNAPSHOT = Path(__file__).with_name("snapshot.py")
BEFORE = json.loads(Path(__file__).with_name("wire.json").read_text("utf-8"))
SCHEMA_SECTIONS = ("api", "api components", "api problem")
SHA256 = "75b632c38970a091dbdd84c42b7fca6f1279b709866f6999d69f0900bd66a16f"
ACCEPTED = {
    # Only our own code uses the name of a route; its address is as before.
    "routes: ['/projects/<slug:slug>/people/', 'projects:people'] is missing",
    # A freed slot is null; the API never had the column.
    "tables / assignments_assignment / columns / slot / null: False has become True",
}


def test_snapshot_is_that_of_the_old_commit():
    assert hashlib.sha256(Path(__file__).with_name("wire.json").read_bytes()).hexdigest() == SHA256


def test_every_name_on_the_wire_still_exists():
    environment = {name: value for name, value in os.environ.items() if name != "ANNOTATOR_TEST_DIR"}
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", str(SNAPSHOT)],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert printed.returncode == 0, printed.stderr
    now = json.loads(printed.stdout)

    lost = [line for section in BEFORE for line in losses(section, BEFORE, now) if line not in ACCEPTED]

    assert not lost, "\n".join(["The wire has changed:", *lost, printed.stderr])


def test_lost_name_is_reported():
    before = {"settings": ["PORT"], "tables": {"job": {"columns": {"id": {}, "kind": {"null": False}}}}}
    now = {"settings": ["HOST"], "tables": {"job": {"columns": {"kind": {"null": True}}}}}

    assert [line for section in before for line in losses(section, before, now)] == [
        "settings: 'PORT' is missing",
        "tables / job / columns: 'id' is missing",
        "tables / job / columns / kind / null: False has become True",
    ]


def test_component_with_another_name_is_accepted():
    before = {"api": {"answer": {"ref": "Old"}}, "api components": {"Old": {"properties": {"id": {}}}}}
    now = {"api": {"answer": {"ref": "New"}}, "api components": {"New": {"properties": {"id": {}, "more": {}}}}}

    assert list(losses("api", before, now)) == []


def losses(section: str, before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """What of a section of the snapshot is gone or different."""
    if section not in now:
        yield f"{section} is missing"
        return
    components = (before.get("api components", {}), now.get("api components", {}))
    yield from _losses(before[section], now[section], section, components if section in SCHEMA_SECTIONS else None)


def _losses(before: Any, now: Any, where: str, components: tuple[dict, dict] | None) -> Iterator[str]:
    if components:
        before, now = _followed(before, now, components)
    if isinstance(before, dict) and isinstance(now, dict):
        yield from (f"{where}: {name!r} is missing" for name in before if name not in now)
        for name in (name for name in before if name in now):
            yield from _losses(before[name], now[name], f"{where} / {name}", components)
    elif isinstance(before, list) and isinstance(now, list):
        for value in before:
            if not any(not list(_losses(value, other, where, components)) for other in now):
                yield f"{where}: {value!r} is missing"
    elif before != now:
        yield f"{where}: {before!r} has become {now!r}"


def _followed(before: Any, now: Any, components: tuple[dict, dict]) -> tuple[Any, Any]:
    """The components that two shapes refer to, where their names differ."""
    if not isinstance(before, dict) or not isinstance(now, dict) or before.get("ref") == now.get("ref"):
        return before, now
    return components[0].get(before.get("ref"), before), components[1].get(now.get("ref"), now)
