"""E-mail: short plain text with one link, over the server of `EMAIL_URL`."""

import logging
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections
from django.http import HttpRequest
from django.utils.translation import gettext as _

from annotator.problems import Problem, gettext_noop

logger = logging.getLogger(__name__)
Send = Callable[[str, str, str], None]


class MailFailed(Problem):
    """The mail server is unreachable, or it refuses the message."""

    status = 502
    code = "mail_failed"
    title = gettext_noop("The e-mail was not sent")


@contextmanager
def mail_connection() -> Iterator[Send]:
    """Yield a function that sends a message (to, subject, text) over one connection; it raises `MailFailed`."""
    connection = get_connection()
    try:
        yield lambda to, subject, text: _send(connection, to, subject, text)
    finally:
        _close(connection)


def send_later(to: str, subject: str, text: str) -> threading.Thread:
    """Send a message in a thread, so that the time of an answer does not tell whether one was sent."""

    def send() -> None:
        try:
            with mail_connection() as send_one:
                send_one(to, subject, text)
        except MailFailed as error:
            logger.warning("%s", error.detail)
        finally:
            connections.close_all()

    thread = threading.Thread(target=send, name="e-mail")
    thread.start()
    return thread


def site_address(path: str, request: HttpRequest | None = None) -> str:
    """Return the absolute address of a page, to send to people; without `PUBLIC_URL` under the host of a request.

    E-mail passes no request: its host could be forged.
    """
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL or not request else request.build_absolute_uri(path)


def _send(connection: BaseEmailBackend, to: str, subject: str, text: str) -> None:
    message = EmailMessage(" ".join(subject.split()), text, to=[to], connection=connection)
    # Programs that answer automatically leave such messages alone.
    message.extra_headers = {"Auto-Submitted": "auto-generated"}
    try:
        connection.open()  # does nothing while it is open
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        if not isinstance(error, smtplib.SMTPRecipientsRefused):
            _close(connection)  # the next message opens a new one
        raise MailFailed(
            _("No e-mail was sent to %(address)s: %(reason)s. Check the address and the mail server.")
            % {"address": to, "reason": _reason(error)}
        ) from error


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("The connection to the mail server ended early: %s", error)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        return f"{code} {reply.decode(errors='replace')}"
    return " ".join(str(error).split()) or type(error).__name__
