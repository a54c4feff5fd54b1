import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the script and the pinned packages, and without an environment."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/environment.sh", tmp_path / "tools")
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def _run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "tools/environment.sh", "runtime"],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _write_program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_python_that_is_too_old_is_refused_in_one_line(copy: Path):
    old = _write_program(copy / "python2", "exit 1")

    done = _run(copy, PYTHON=old)

    assert done.returncode == 1
    assert done.stderr == f"Error: PYTHON={old} is not a Python 3.11 or later.\n"


def test_an_environment_whose_stamp_fits_is_left_alone(copy: Path):
    python = copy / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    _write_program(python, 'case "$*" in *" install "*) echo "$*" >> installed;; esac; exit 0')

    first, second = _run(copy, PYTHON=""), _run(copy, PYTHON="")

    assert (first.returncode, second.returncode) == (0, 0)
    assert "Installing the pinned packages" in first.stdout
    assert (second.stdout, second.stderr) == ("", "")
    assert len((copy / "installed").read_text().splitlines()) == 1


def test_changed_packages_are_installed_again(copy: Path):
    python = copy / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    _write_program(python, "exit 0")
    _run(copy, PYTHON="")
    (copy / "requirements.txt").write_text("django==5.2.20\n")

    assert "Installing the pinned packages" in _run(copy, PYTHON="").stdout


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("Failed: Temporary failure in name resolution", "Could not download the packages: no network?"),
        ("OSError: [Errno 28] No space left on device", "The disk is full: the packages could not be installed"),
        ("PermissionError: Permission denied", "Could not install the packages: no permission to write"),
        ("ERROR: something else", "Could not install the packages: ERROR: something else"),
    ],
)
def test_what_stops_the_installer_is_said_in_one_line(copy: Path, said: str, line: str):
    python = copy / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    _write_program(python, f'case "$*" in *" install "*) echo "{said}"; exit 1;; esac; exit 0')

    done = _run(copy, PYTHON="")

    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {line}")
    assert done.stderr.count("\n") == 1
    assert not (copy / ".venv/.stamp-runtime").exists()
