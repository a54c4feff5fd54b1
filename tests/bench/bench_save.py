"""Saving one change over HTTP: server CPU of a save, and eight annotators at once on SQLite without an error."""

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.bench.client import Client
from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.processes import tree_cpu_seconds, wait_until_idle
from tests.bench.site import new_site

CLIENTS = 8
SAVES_ALONE, SAVES_TOGETHER = 300, 100
WORDS = 600


def measure() -> Sequence[Figure]:
    """Measure one client alone, then eight together, all on the same document."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=1, words=WORDS, spans=1)
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        clients = [Client(site, person) for person in add_annotators(CLIENTS)]
        with site.running("serve") as (process_id, _):
            for client in clients:
                client.open()
            clients[0].save(20)  # the first saves also load modules
            wait_until_idle(process_id)  # the worker starts after the web server
            alone = _cpu_milliseconds(process_id, clients[:1], SAVES_ALONE)
            latency = statistics.median(clients[0].milliseconds[20:])
            for client in clients:
                client.milliseconds.clear()
            began = time.monotonic()
            together = _cpu_milliseconds(process_id, clients, SAVES_TOGETHER)
            rate = CLIENTS * SAVES_TOGETHER / (time.monotonic() - began)
    durations = sorted(duration for client in clients for duration in client.milliseconds)
    errors = [error for client in clients for error in client.errors]
    return [
        at_most("server CPU of a save, one client", alone, "ms", 6),
        noted("response to a save, one client", latency, "ms"),
        at_most(f"server CPU of a save, {CLIENTS} clients without pause", together, "ms", 6),
        noted(f"response to a save, {CLIENTS} clients", durations, "ms"),
        at_most("95 % of these take at most", durations[int(0.95 * len(durations))], "ms", 80),
        at_least(f"saves in a second, {CLIENTS} clients", rate, "", 150),
        at_most(f"errors in {len(durations)} saves by {CLIENTS} clients", len(errors), "", 0),
    ]


def _cpu_milliseconds(process_id: int, clients: Sequence[Client], saves: int) -> float:
    before = tree_cpu_seconds(process_id)
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(lambda client: client.save(saves), clients))
    return 1000 * (tree_cpu_seconds(process_id) - before) / (saves * len(clients))


if __name__ == "__main__":
    report("Saving, on SQLite", measure)
