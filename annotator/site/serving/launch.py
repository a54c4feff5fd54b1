"""From the command to the running site: take the port, then become the supervisor.

The port is taken before anything else is done. The socket is passed to the web server and stays open while the web
server restarts, so that visitors wait a moment instead of being refused.
"""

import errno
import os
import socket
import sys
from typing import NoReturn

from django.conf import settings
from django.db import connection, connections

from annotator.problems import Problem, gettext_noop

BACKLOG = 512
THIS_MACHINE_ONLY = "127.0.0.1"


class PortUnusable(Problem):
    """The port cannot be used."""

    status = 500
    code = "port_unusable"
    title = gettext_noop("The port cannot be used")


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise `PortUnusable` with one line."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortUnusable(f"Port {port} is in use. Stop the program that uses it, or set PORT.") from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise PortUnusable(
                f"Port {port} requires administrator rights. Set PORT to a number above 1023."
            ) from error
        if error.errno == errno.EADDRNOTAVAIL:
            raise PortUnusable(f"This machine does not have the address {host}. Correct BIND.") from error
        raise PortUnusable(f"Port {port} cannot be used: {error.strerror}. Set PORT to another number.") from error
    return listener


def take_port() -> socket.socket:
    """Return a socket on the address and port of the settings; raise `PortUnusable` with one line."""
    return listen(settings.BIND, settings.PORT)


def address() -> str:
    """Return the address of the site."""
    return f"{settings.PUBLIC_URL or f'http://{THIS_MACHINE_ONLY}:{settings.PORT}'}/"


def replace_by_supervisor(listener: socket.socket, *, with_worker: bool = True) -> NoReturn:
    """Replace this process by the supervisor of web server and worker; never return.

    The supervisor does not need Django, so that its memory is freed.
    """
    connections.close_all()
    listener.set_inheritable(True)
    manage = str(settings.BASE_DIR / "manage.py")
    worker = [sys.executable, manage, "run_worker"] if with_worker else []
    arguments = [str(listener.fileno()), address(), _reachable(settings.BIND), str(settings.PORT), *worker]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(  # noqa: S606 - our own program
        sys.executable, [sys.executable, "-m", "annotator.site.serving.supervisor", *arguments], _environment(listener)
    )


def _reachable(host: str) -> str:
    """Return the address at which this machine reaches a socket that is bound to `host`."""
    return {"0.0.0.0": THIS_MACHINE_ONLY, "::": "::1"}.get(host, host)  # noqa: S104 - a comparison


def _environment(listener: socket.socket) -> dict[str, str]:
    path = os.pathsep.join(part for part in (str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")) if part)
    own = {
        "PYTHONPATH": path,
        "VAR_DIR": str(settings.VAR_DIR),
        "ANNOTATOR_LISTENER": str(listener.fileno()),
        "ANNOTATOR_WEB_PROCESSES": str(settings.WEB_PROCESSES or (1 if connection.vendor == "sqlite" else 2)),
        "ANNOTATOR_WEB_THREADS": str(settings.WEB_THREADS),
        # Otherwise each thread would keep a memory arena of its own.
        "MALLOC_ARENA_MAX": "2",
    }
    return own | {name: value for name, value in os.environ.items() if name not in own or name == "MALLOC_ARENA_MAX"}
