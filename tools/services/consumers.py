"""The environment of the tools that read what we write: spaCy, `datasets`, dkpro-cassis, Label Studio."""

import subprocess
from pathlib import Path

from tools.services import ServiceMissing

PYTHON = Path(".cache/consumers/bin/python")


def ready_python() -> str:
    """Path of the Python of the environment, which is made first where it is not there.

    Raises `ServiceMissing` in one line.
    """
    done = subprocess.run(
        ["tools/environment.sh", "consumers"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode or not PYTHON.exists():
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ServiceMissing(f"tools that read our files: {said[-1] if said else 'their environment was not made'}")
    return str(PYTHON.absolute())
