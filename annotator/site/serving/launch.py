"""From the command to the running site: take the port, then become the supervisor.

The port is taken before anything else is done. The socket is passed to the web server and stays open while the web
server restarts, so that visitors wait a moment instead of being refused.
"""

import errno
import os
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn

from django.conf import settings
from django.db import connection, connections

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


def take_port() -> socket.socket:
    """Take the port of the settings; raises `PortUnusable` in one line."""
    return listen(host_for(settings.ALLOWED_HOSTS), settings.PORT)


def address() -> str:
    """Return where people find the site."""
    return f"{settings.PUBLIC_URL or f'http://{THIS_MACHINE_ONLY}:{settings.PORT}'}/"


def become_the_site(listener: socket.socket, *, with_worker: bool = True) -> NoReturn:
    """Replace this process by the supervisor of web server and worker; it never returns.

    The supervisor needs nothing of Django, whose memory is given back by this.
    """
    connections.close_all()
    listener.set_inheritable(True)
    manage = str(settings.BASE_DIR / "manage.py")
    worker = [sys.executable, manage, "run_worker"] if with_worker else []
    arguments = [str(listener.fileno()), address(), THIS_MACHINE_ONLY, str(settings.PORT), *worker]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(  # noqa: S606 - our own program
        sys.executable, [sys.executable, "-m", "annotator.site.serving.supervisor", *arguments], _environment(listener)
    )


def _environment(listener: socket.socket) -> dict[str, str]:
    path = os.pathsep.join(part for part in (str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")) if part)
    own = {
        "PYTHONPATH": path,
        "VAR_DIR": str(settings.VAR_DIR),
        "ANNOTATOR_LISTENER": str(listener.fileno()),
        "ANNOTATOR_WEB_PROCESSES": "1" if connection.vendor == "sqlite" else "2",
        # Each thread would otherwise keep an arena of memory of its own.
        "MALLOC_ARENA_MAX": "2",
    }
    return own | {name: value for name, value in os.environ.items() if name not in own or name == "MALLOC_ARENA_MAX"}
