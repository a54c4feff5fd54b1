"""Environments of their own for parts of the tests, made by tools/environment.sh where they are missing.

`consumers` adds the tools that read our files: spaCy, `datasets`, dkpro-cassis, Label Studio. `stores` is
requirements.txt alone, with the test tools in a layer on top.
"""

import subprocess
from pathlib import Path

from tools.services import ServiceMissing

ENVIRONMENTS = Path(".cache")


def ready_consumers() -> str:
    """Return the Python that has the tools which read our files."""
    return ready_python("consumers")


def ready_stores() -> str:
    """Return the Python that has the test tools on top of requirements.txt."""
    return ready_python("stores")


def runtime_python() -> str:
    """Return the Python that has requirements.txt and nothing else; it is made with that of `stores`."""
    return str((ENVIRONMENTS / "runtime/bin/python").absolute())


def ready_python(name: str) -> str:
    """Return the Python of an environment, which is made first where it is missing or out of date.

    Raises `ServiceMissing` in one line.
    """
    done = subprocess.run(
        ["tools/environment.sh", name], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    python = ENVIRONMENTS / name / "bin/python"
    if done.returncode or not python.exists():
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise ServiceMissing(f"environment of {name}: {lines[-1] if lines else 'it was not made'}")
    return str(python.absolute())
