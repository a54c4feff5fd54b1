"""Second start of the whole site with the sample project, and its memory and CPU while idle."""

import time
from collections.abc import Sequence

from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.processes import tree_cpu_seconds, tree_megabytes
from tests.bench.site import new_site

STARTS = 5
SECONDS_TO_SETTLE = 5
SECONDS_IDLE = 10


def measure() -> Sequence[Figure]:
    """Set up the sample project once, then start the site several times; read memory and CPU at the end."""
    with new_site() as site:
        first = site.command("demo", "--no-serve")
        seconds = []
        for _ in range(STARTS):
            with site.running("demo") as (process_id, until_response):
                seconds.append(until_response)
                if len(seconds) == STARTS:
                    time.sleep(SECONDS_TO_SETTLE)
                    before = tree_cpu_seconds(process_id)
                    together, added_up = tree_megabytes(process_id)
                    time.sleep(SECONDS_IDLE)
                    idle = tree_cpu_seconds(process_id) - before
    return [
        noted("set-up of the sample project, wall-clock time", first.wall_seconds, "s"),
        at_most("second start until the first response", seconds, "s", 4),
        at_most("idle memory of web server and worker, shared pages once", together, "MB", 250),
        noted("the same, shared pages once for each process", added_up, "MB"),
        noted("idle CPU", 100 * idle / SECONDS_IDLE, "%"),
    ]


if __name__ == "__main__":
    report("Start", measure)
