"""A file system that is really full: uploads, saves, exports, backups on SQLite are refused, and recover by themselves.

`VAR_DIR` is a small file system in memory, which only root can mount.
"""

import json
import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from tests.soak.lead import Lead
from tests.stores.installation import PYTHON, Installation
from tests.waiting import wait_for

pytestmark = pytest.mark.soak

MEGABYTES = 96
TEXT = "Ada said it rained. " * 200
SMALL = {"small.txt": b"Ada said no."}
WORK = {"ada": {"spans": [{"id": "s1", "label": "Claim", "fragments": [[9, 18]], "attributes": {}}]}}
LINES = [{"id": f"l{number}", "text": f"{number} {TEXT}", "annotators": WORK} for number in range(1000)]
# About 4 MB.
LARGE = {"large.jsonl": b"".join(json.dumps(line).encode() + b"\n" for line in LINES)}


@pytest.fixture
def site():
    """A running site with web server and worker on a small file system, and a program of its lead."""
    # Not a folder of pytest, which removes those of earlier runs and cannot remove what is mounted.
    folder = Path(tempfile.mkdtemp())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)], check=True)
    installation = Installation(folder, on_sqlite=True, empty=True)
    try:
        subprocess.run([PYTHON, "manage.py", "migrate", "-v0"], env=installation.environment, check=True)
        token = installation.scene("token_of_a_lead", "news")
        installation.start("serve")
        wait_for(lambda: "The worker is ready" in installation.log, why=lambda: installation.log)
        yield installation, Lead(installation.port, token)
    finally:
        with suppress(OSError):  # the folder itself is in use as long as it is mounted
            installation.close()
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


class Disk:
    """What is free on a file system."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ballast = folder, folder / "ballast"

    def fill(self, *, free: int) -> None:
        """Leave so many bytes free."""
        self._ballast.unlink(missing_ok=True)
        status = os.statvfs(self._folder)
        with self._ballast.open("wb") as file:
            for _ in range((status.f_bavail * status.f_frsize - free) >> 12):
                file.write(bytes(4096))

    def empty(self) -> None:
        """Remove what fills it."""
        self._ballast.unlink()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_full_file_system_refuses_and_recovers(site):
    installation, lead = site
    disk, var = Disk(installation.folder), installation.folder
    status, job = lead.upload(LARGE)
    assert (status, lead.ended(job["id"])["state"]) == (202, "done")
    project = "/api/v1/projects/news/"

    # No room for an upload: a document with 507, and nothing of the file is left.
    disk.fill(free=2 << 20)
    status, problem = lead.upload(LARGE)
    assert (status, problem["code"]) == (507, "disk_full"), problem
    assert (files_in(var / "uploads"), files_in(var / "uploading")) == ([], [])
    assert lead.ask("GET", "/healthz/live/")[0] == 200
    status, ready = lead.ask("GET", "/healthz/ready/")
    assert (status, ready["checks"]["disk"]["status"]) == (503, "failed"), ready

    # Room for the job, not for its file: the job fails with a sentence, and no part of the file is left.
    status, export = lead.ask("POST", f"{project}exports/", b"{}")
    assert status in (201, 202), export
    job = lead.ended(export["job"])
    assert (job["state"], job["problem"]["code"]) == ("failed", "disk_full"), job
    assert files_in(var / "exports") == []

    # A backup beside it fails in words and leaves no file.
    disk.fill(free=64 << 10)
    backup = subprocess.run(
        [PYTHON, "manage.py", "backup", str(var / "site.backup")], env=installation.environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert backup.returncode == 1
    assert "Traceback" not in backup.stderr
    assert not list(var.glob("*site.backup*")), backup.stderr

    # No room at all: changes are refused, those who only read are not.
    disk.fill(free=0)
    made = ({"slug": f"p{number}", "name": f"P{number}"} for number in range(1000))
    answers = (lead.ask("POST", "/api/v1/projects/", json.dumps(body).encode()) for body in made)
    status, problem = next(answer for answer in answers if answer[0] != 201)
    assert (status, problem["code"]) == (507, "disk_full"), problem
    assert lead.ask("GET", "/api/v1/projects/")[0] == 200

    # Room again: everything works without a restart.
    disk.empty()
    wait_for(lambda: lead.ask("GET", "/healthz/ready/disk/")[0] == 200)
    assert lead.ask("POST", "/api/v1/projects/", b'{"slug": "again", "name": "Again"}')[0] == 201
    status, job = lead.upload(SMALL)
    assert (status, lead.ended(job["id"])["state"]) == (202, "done")
    status, export = lead.ask("POST", f"{project}exports/", b"{}")
    assert lead.ended(export["job"])["state"] == "done"
    installation.manage("backup", str(var / "site.backup"))
    assert " 0 damaged" in installation.manage("check_log", "news")
    assert "Traceback" not in installation.log
