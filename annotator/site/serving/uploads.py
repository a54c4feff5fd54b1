"""Large uploads: read only from people who are signed in.

Waitress reads the whole body of a request before a view runs. For a body above the general limit, this module asks
first, with the headers alone, so that strangers cannot fill the disk.
"""

import copy
import logging
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.urls import Resolver404, resolve
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from annotator.platform.accounts.authentication import TokenAuthentication
from annotator.platform.http.uploads import is_upload_view

logger = logging.getLogger(__name__)


class UploadParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Parser of a request, which holds large uploads back and does not read other large bodies at all."""

    is_held = False
    wants_continue = False
    adj: Any
    body_rcv: Any
    content_length: int
    expect_continue: bool

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers, and decide what is done about the body."""
        super().parse_header(header_plus)
        if self.chunked:
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = settings.MAX_BODY_BYTES + 1
        elif self.content_length > settings.MAX_BODY_BYTES:
            if self._is_upload() and self.content_length <= settings.MAX_UPLOAD_BYTES:
                self.is_held = True
                self.wants_continue, self.expect_continue = self.expect_continue, False
            else:
                self.refuse()

    def refuse(self) -> None:
        """Pass the request on without its body; the application answers it, and the connection ends."""
        self.is_held = False
        self.expect_continue = False
        self.content_length = 0
        if self.body_rcv is not None:
            self.body_rcv.getbuf().close()
            self.body_rcv = None
        self.headers["CONNECTION"] = "close"
        self.connection_close = True

    def _is_upload(self) -> bool:
        try:
            view = resolve(self.path).func
        except Resolver404:
            return False
        return is_upload_view(view) and self.headers.get("CONTENT_TYPE", "").startswith("multipart/form-data")


class Admission:
    """The question whether the sender of an upload is signed in, as a task of a lane."""

    def __init__(self, channel: Any, request: UploadParser) -> None:
        self._channel, self._request = channel, request

    def service(self) -> None:
        """Go on reading the body, or pass the request on without it."""
        admitted = is_signed_in(WSGITask(self._channel, self._request).get_environment())
        channel, request = self._channel, self._request
        with channel.requests_lock:
            channel.is_asking = False
            if admitted:
                request.is_held = False
                if request.wants_continue:
                    channel.send_continue()
            else:
                request.refuse()
                request.completed = True
                channel.request = None
                channel.requests.append(request)
                channel.server.add_task(channel)
        channel.server.pull_trigger()

    def cancel(self) -> None:
        """Close the connection: the server stops."""
        self._channel.will_close = True


def is_signed_in(environ: dict[str, Any]) -> bool:
    """Return whether the headers of a request name a valid session or API token."""
    request = WSGIRequest(environ)
    try:
        if TokenAuthentication().authenticate(Request(request)) is not None:
            return True
        sessions = import_module(settings.SESSION_ENGINE)
        request.session = sessions.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        return bool(get_user(request).is_authenticated)
    except APIException:
        return False
    except Exception as error:  # noqa: BLE001 - the application itself will fail in the same way, and says how
        logger.warning("It could not be checked who sends an upload: %s", " ".join(str(error).split()))
        return False
    finally:
        close_old_connections()
