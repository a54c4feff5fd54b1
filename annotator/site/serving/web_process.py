"""One process of the web server, run as `python -m annotator.site.serving.web_process`."""

import os
import signal
import socket

from django.core.wsgi import get_wsgi_application


def main() -> None:
    """Serve the site on the socket that the supervisor has passed on, until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    application = get_wsgi_application()
    from annotator.site.serving.web_server import make_server  # needs settings and models

    listener = socket.socket(fileno=int(os.environ["ANNOTATOR_LISTENER"]))
    server = make_server(application, listener, threads=int(os.environ["ANNOTATOR_WEB_THREADS"]))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)
    server.run()


def _exit(_number: int, _frame: object) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
