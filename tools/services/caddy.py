"""Where Caddy is, which a long test starts itself with the sample configuration."""

import os
import shutil

from tools.services import ServiceMissing

DEBIAN_PACKAGE = "caddy"


def find_caddy() -> str:
    """Return the path of Caddy: CADDY_PATH, else on PATH; raise `ServiceMissing` when there is none."""
    path = os.environ.get("CADDY_PATH") or shutil.which("caddy")
    if path is None:
        raise ServiceMissing(f"Caddy: not found; install it (Debian: {DEBIAN_PACKAGE}) or set CADDY_PATH")
    return path
