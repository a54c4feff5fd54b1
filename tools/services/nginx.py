"""Where nginx is, which tests start themselves with a configuration of their own."""

import shutil

from tools.services import ServiceMissing

DEBIAN_PACKAGE = "nginx-light"
# Not on the path of every user.
FOLDERS = "/usr/sbin:/usr/local/sbin"


def find_nginx() -> str:
    """Return the path of nginx; raise `ServiceMissing` when there is none."""
    path = shutil.which("nginx") or shutil.which("nginx", path=FOLDERS)
    if path is None:
        raise ServiceMissing(f"nginx: not found; install it (Debian: {DEBIAN_PACKAGE})")
    return path
