"""A stock Firefox for the core of the browser tests, driven over WebDriver BiDi."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.services import ServiceMissing

DEBIAN_PACKAGE = "firefox-esr"
NAMES = ("firefox-esr", "firefox")
DRIVER = Path("tools/javascript/firefox.js")
LIBRARY = Path("tools/javascript/node_modules/puppeteer-core")


def find_firefox() -> str:
    """Return the path of a Firefox that starts: FIREFOX_PATH, else the first of the usual names on PATH.

    Raises `ServiceMissing` in one line. Ubuntu's package is only a pointer to a snap, which does not start in a
    container: it is skipped.
    """
    given = os.environ.get("FIREFOX_PATH")
    for path in [given] if given else map(shutil.which, NAMES):
        if path and _starts(path):
            return path
    if given:
        raise ServiceMissing(f"Firefox: FIREFOX_PATH={given} does not start")
    raise ServiceMissing(
        "Firefox: none was found; install it (Debian: apt-get install firefox-esr) or set FIREFOX_PATH"
    )


def find_drivable() -> str:
    """Return the path of a Firefox that tests can drive; raise `ServiceMissing` when it or its driver is missing."""
    path = find_firefox()
    driver_command(path)
    return path


def driver_command(firefox: str) -> list[str]:
    """Return the command that drives a Firefox; raise `ServiceMissing` when the JavaScript tools lack what it needs."""
    if not LIBRARY.is_dir():
        raise ServiceMissing("Firefox: the JavaScript tools are not up to date; run make javascript")
    return [str(Path(sys.executable).with_name("node")), str(DRIVER), firefox]


def _starts(path: str) -> bool:
    try:
        done = subprocess.run(
            [path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"Firefox" in done.stdout
