"""`manage.py run_worker`."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from annotator.platform.commands import DataCommand
from annotator.platform.jobs.worker import run_worker


class Command(DataCommand):
    help = (
        "Run background jobs: imports, agreement reports, exports. `serve` starts one worker itself; when REDIS_URL is "
        "set, start more on any machine with the same settings. SIGTERM or Ctrl-C stops the worker: running jobs stop "
        "after the current step and continue in another worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--concurrency",
            type=int,
            default=settings.WORKER_PROCESSES,
            metavar="N",
            help="number of jobs to run at once, each in its own process; one of them is never a long job (default: "
            "WORKER_PROCESSES, which is 2)",
        )

    def handle(self, *args: Any, concurrency: int, **options: Any) -> None:
        if not 1 <= concurrency <= 64:
            raise CommandError(f"--concurrency must be from 1 to 64, not {concurrency}.")
        self.show([], {"concurrency": concurrency})
        sys.exit(run_worker(concurrency=concurrency))
