"""`manage.py run_worker`."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from annotator.platform.commands import DataCommand
from annotator.platform.jobs.worker import run_worker


class Command(DataCommand):
    requires_system_checks = []
    help = (
        "Do the background work of the site: imports, agreement reports, exports. `serve` starts one of these itself; "
        "start more when REDIS_URL is set, on any machine with the same settings. SIGTERM or Ctrl-C stops it: jobs "
        "that are being done stop at their next step and go on from there in the next worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--concurrency",
            type=int,
            default=1,
            metavar="N",
            help="how many jobs at once, each in a process of its own (1)",
        )

    def handle(self, *args: Any, concurrency: int, **options: Any) -> None:
        if not 1 <= concurrency <= 64:
            raise CommandError(f"--concurrency {concurrency} is not a number from 1 to 64.")
        sys.exit(run_worker(concurrency=concurrency))
