"""The port of the site, taken before anything else is done.

The socket is handed on to the web server and stays open while that is started again: whoever connects meanwhile waits a
moment instead of being refused.
"""

import errno
import socket
from collections.abc import Sequence

from annotator.platform.environment import LOCAL_HOSTS
from annotator.problems import Problem

BACKLOG = 512
THIS_MACHINE_ONLY = "127.0.0.1"
ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - only when the operator named other hosts


class PortUnusable(Problem):
    """Nobody could connect."""

    status = 500
    code = "port_unusable"
    title = "The port cannot be used"


def host_for(allowed_hosts: Sequence[str]) -> str:
    """Return the address to listen on: this machine's own, unless the settings name other hosts."""
    return THIS_MACHINE_ONLY if set(allowed_hosts) <= set(LOCAL_HOSTS) else ALL_ADDRESSES


def listen(host: str, port: int) -> socket.socket:
    """Take the port; raises `PortUnusable` in one line."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortUnusable(f"Port {port} is taken: stop what uses it or set PORT.") from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise PortUnusable(f"Port {port} may not be used by this user: set PORT to one above 1023.") from error
        raise PortUnusable(f"Port {port} cannot be used: {error.strerror}. Set PORT to another.") from error
    return listener
