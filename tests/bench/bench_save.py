"""Saving one change over HTTP: server CPU of a save, eight annotators at once on SQLite, and saves beside sign-ins."""

import contextlib
import http.client
import random
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlencode

from tests.bench.client import Client
from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.processes import tree_cpu_seconds, wait_until_idle
from tests.bench.site import Site, new_site

CLIENTS = 8
SAVES_ALONE, SAVES_TOGETHER = 300, 100
WORDS = 600


def measure() -> Sequence[Figure]:
    """Measure one client alone, then eight together, all on the same document."""
    with new_site() as empty:
        # Behind a proxy, so that each sign-in can come from an address of its own.
        site = replace(empty, settings={"PUBLIC_URL": empty.url})
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
            beside, sign_ins = _beside_sign_ins(site, clients[0])
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
        noted(f"95 % of the saves of one client take at most, beside {sign_ins} failed sign-ins", beside, "ms"),
    ]


def _beside_sign_ins(site: Site, client: Client) -> tuple[float, int]:
    """Save while eight connections sign in with wrong passwords; return the 95th percentile and the sign-ins."""
    ended = threading.Event()
    attempts: list[int] = []

    def sign_in(number: int) -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                attempts.append(_fail_to_sign_in(site, f"name-{number}-{len(attempts)}"))

    threads = [threading.Thread(target=sign_in, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    client.milliseconds.clear()
    client.save(SAVES_ALONE)
    ended.set()
    for thread in threads:
        thread.join()
    return sorted(client.milliseconds)[int(0.95 * SAVES_ALONE)], len(attempts)


def _fail_to_sign_in(site: Site, name: str) -> int:
    """Sign in with a wrong password as a browser does, from an address of its own; return the status."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)) as connection:
        connection.request("GET", "/sign-in/")
        page = connection.getresponse()
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        token = page.read().decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        body = urlencode({"csrfmiddlewaretoken": token, "username": name, "password": "a wrong password"})
        address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}
        connection.request("POST", "/sign-in/", body, headers)
        response = connection.getresponse()
        response.read()
        return response.status


def _cpu_milliseconds(process_id: int, clients: Sequence[Client], saves: int) -> float:
    before = tree_cpu_seconds(process_id)
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(lambda client: client.save(saves), clients))
    return 1000 * (tree_cpu_seconds(process_id) - before) / (saves * len(clients))


if __name__ == "__main__":
    report("Saving, on SQLite", measure)
