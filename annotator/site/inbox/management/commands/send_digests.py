"""`manage.py send_digests`: send everyone what waits for them."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from annotator.platform.commands import DataCommand
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.console import run_in_console
from annotator.site.inbox.selectors import inbox_of, people_for_digest
from annotator.site.inbox.services import DIGEST_JOB


class Command(DataCommand):
    """Sends the digests that the daily job would send, or prints them."""

    help = (
        "Send each member what waits for them by e-mail: questions, returned documents, new guidelines, and for leads "
        "skipped documents, sets to review and stuck slots. Needs EMAIL_URL. A digest that has not changed is not sent "
        "again. The daily job does the same."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--dry-run", action="store_true", help="print what waits for whom, and send nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send or print."""
        now = timezone.now()
        if options["dry_run"]:
            for user in people_for_digest():
                for line in inbox_of(user, now=now).lines():
                    self.stdout.write(f"{user.get_username()}: {line}")
            return
        if not settings.EMAIL_ENABLED:
            raise CommandError("This site sends no e-mail. Set EMAIL_URL.")
        run_in_console(jobs.start(DIGEST_JOB, project_id=None, params={}, started_by=None, now=now, own_process=True))
