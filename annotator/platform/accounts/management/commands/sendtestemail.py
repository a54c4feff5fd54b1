"""`manage.py sendtestemail ADDRESS …`: Django's command, which says in one line what is wrong."""

import smtplib
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import sendtestemail

from annotator.platform.commands import ProblemCommand


class Command(ProblemCommand, sendtestemail.Command):
    """Sends a message over the server of `EMAIL_URL`."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Send it, or say why it was not sent."""
        if not settings.EMAIL_ENABLED:
            raise CommandError("This site sends no e-mail. Set EMAIL_URL.")
        try:
            super().handle(*args, **options)
        except (OSError, smtplib.SMTPException) as error:
            raise CommandError(f"No e-mail was sent: {error}. Check EMAIL_URL and the mail server.") from error
        sent = options["email"]
        self.show(f"The mail server has accepted the message to {', '.join(sent)}.", {"sent": sent})
