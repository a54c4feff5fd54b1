"""From the command to the running site."""

import os
import socket
import sys
from typing import NoReturn

from django.conf import settings
from django.db import connection, connections

from annotator.site.serving import listening


def take_port() -> socket.socket:
    """Take the port of the settings; raises `PortUnusable` in one line."""
    return listening.listen(listening.host_for(settings.ALLOWED_HOSTS), settings.PORT)


def address() -> str:
    """Return where people find the site."""
    return f"{settings.PUBLIC_URL or f'http://{listening.THIS_MACHINE_ONLY}:{settings.PORT}'}/"


def become_the_site(listener: socket.socket, *, with_worker: bool = True) -> NoReturn:
    """Replace this process by the supervisor of web server and worker; it never returns.

    The supervisor needs nothing of Django, whose memory is given back by this.
    """
    connections.close_all()
    listener.set_inheritable(True)
    manage = str(settings.BASE_DIR / "manage.py")
    worker = [sys.executable, manage, "run_worker"] if with_worker else []
    arguments = [str(listener.fileno()), address(), listening.THIS_MACHINE_ONLY, str(settings.PORT), *worker]
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
