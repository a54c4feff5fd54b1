"""Start of the whole site with the sample project, the second time, and the memory it then holds while idle."""

import time
from collections.abc import Sequence

from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.processes import tree_cpu_seconds, tree_megabytes
from tests.bench.site import new_site

STARTS = 5
SECONDS_TO_SETTLE = 5
SECONDS_IDLE = 10


def measure() -> Sequence[Figure]:
    """Set up the sample project once, then start the site several times; memory and CPU after the last start."""
    with new_site() as site:
        first = site.command("demo", "--no-serve")
        seconds = []
        for _ in range(STARTS):
            with site.running("demo") as (process_id, until_answer):
                seconds.append(until_answer)
                if len(seconds) == STARTS:
                    time.sleep(SECONDS_TO_SETTLE)
                    before = tree_cpu_seconds(process_id)
                    together, added_up = tree_megabytes(process_id)
                    time.sleep(SECONDS_IDLE)
                    idle = tree_cpu_seconds(process_id) - before
    return [
        noted("setting up the sample project, wall", first.wall_seconds, "s"),
        at_most("second start to first answer", seconds, "s", 4),
        at_most("idle memory of web and worker, shared pages once", together, "MB", 250),
        noted("the same, shared pages once for each process", added_up, "MB"),
        noted("idle CPU", 100 * idle / SECONDS_IDLE, "%"),
    ]


if __name__ == "__main__":
    report("Start", measure)
