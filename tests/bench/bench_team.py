"""A team that saves every three seconds for minutes, while a core is busy with imports.

100 annotators on PostgreSQL with two web processes, then 32 on SQLite. `TEAM_SECONDS` sets another time than five
minutes for each.
"""

import itertools
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.client import Client
from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.processes import tree_cpu_seconds, wait_until_idle
from tests.bench.site import Site, new_site
from tools.services.postgresql import running_postgresql
from tools.services.redis_server import running_redis

SECONDS = float(os.environ.get("TEAM_SECONDS", "300"))
BETWEEN = 3.0
WORDS = 600
IMPORTED = 1_000
# Annotators and the 95th percentile in milliseconds to reach, by database.
TEAMS = {"postgresql": (100, 150), "sqlite": (32, 100)}


@contextmanager
def site_on(database: str) -> Iterator[Site]:
    """Yield an empty site on one of the databases."""
    with new_site() as site:
        if database == "sqlite":
            yield site
            return
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            # PostgreSQL does not run as root; its user has to reach the folder.
            folder.chmod(0o755)
            with running_postgresql(folder, durable=True) as url, running_redis(folder) as broker:
                yield Site(site.folder, site.port, {"DATABASE_URL": url, "REDIS_URL": broker, "WEB_PROCESSES": "2"})


def measure(database: str) -> Sequence[Figure]:
    """Let a team save, each annotator at moments of their own."""
    count, target = TEAMS[database]
    with site_on(database) as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=1, words=WORDS, spans=1)
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        clients = [Client(site, person) for person in add_annotators(count)]
        with site.running("serve") as (process_id, _):
            for client in clients:
                client.open()
                client.connection.close()
            wait_until_idle(process_id)
            cpu = tree_cpu_seconds(process_id)
            imports = save_beside_imports(site, clients)
            cpu = tree_cpu_seconds(process_id) - cpu
    durations = sorted(duration for client in clients for duration in client.milliseconds)
    errors = [error for client in clients for error in client.errors]
    return [
        at_least("saves", len(durations), "", int(0.9 * count * SECONDS / BETWEEN)),
        noted("imports beside them", imports, ""),
        noted("response to a save", durations, "ms"),
        at_most("95 % of these take at most", durations[int(0.95 * len(durations))], "ms", target),
        noted("the slowest", durations[-1], "ms"),
        noted("server CPU of a save", 1000 * cpu / len(durations), "ms"),
        at_most("errors", len(errors), "", 0),
    ]


def save_beside_imports(site: Site, clients: Sequence[Client]) -> int:
    """Save with each client every few seconds while imports run; return the number of imports."""
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=save_until, args=(client, until)) for client in clients]
    for thread in threads:
        thread.start()
    for number in itertools.count():
        if time.monotonic() > until - 5:
            break
        source = site.folder / f"more-{number}.jsonl"
        write_corpus(source, documents=IMPORTED, words=WORDS, spans=5, seed=number + 1)
        site.command("create_project", f"more-{number}", "--template", "claims-attribution")
        site.command("import_documents", f"more-{number}", str(source))
    for thread in threads:
        thread.join()
    return number


def save_until(client: Client, until: float) -> None:
    """Save one span every few seconds, beginning at a moment of its own."""
    time.sleep(random.Random(client.person.name).uniform(0, BETWEEN))
    while time.monotonic() < until:
        began = time.monotonic()
        client.save(1)
        time.sleep(max(0.0, BETWEEN - (time.monotonic() - began)))


def main() -> int:
    """Measure each database in a process of its own, because Django keeps its settings."""
    if sys.argv[1:]:
        database = sys.argv[1]
        report(f"{TEAMS[database][0]} annotators on {database}", lambda: measure(database))
        return 0
    return max(
        subprocess.run([sys.executable, "-m", "tests.bench.bench_team", name], check=False).returncode for name in TEAMS
    )


if __name__ == "__main__":
    sys.exit(main())
