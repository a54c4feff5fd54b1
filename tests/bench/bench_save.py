"""Saving one change over HTTP: server CPU of a save, eight annotators at once on SQLite, and saves beside sign-ins.

Beside Potato and Label Studio, in turns in the same run, when `POTATO` and `LABEL_STUDIO` name virtual environments
that have them:

    python3 -m venv /tmp/potato && /tmp/potato/bin/pip install potato-annotation==2.12.1
    python3 -m venv /tmp/label-studio && /tmp/label-studio/bin/pip install label-studio==1.23.2
    make bench ARGS=save POTATO=/tmp/potato LABEL_STUDIO=/tmp/label-studio
"""

import contextlib
import http.client
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.client import Client
from tests.bench.corpus import write_corpus
from tests.bench.figures import Figure, at_least, at_most, noted, report
from tests.bench.peers import PeerClient, label_studio, potato
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.processes import tree_cpu_seconds, wait_until_idle
from tests.bench.site import Site, new_site

CLIENTS = 8
SAVES_ALONE, SAVES_TOGETHER = 300, 100
WORDS = 600
# In all as many spans as a long article has: tools that store the whole document again become slower with each.
ROUNDS, SAVES_IN_ROUND = 5, 30
PEERS = {"Potato": ("POTATO", potato), "Label Studio": ("LABEL_STUDIO", label_studio)}


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
            durations = sorted(duration for client in clients for duration in client.milliseconds)
            errors = [error for client in clients for error in client.errors]
            beside, sign_ins = _beside_sign_ins(site, clients[0])
            in_turns = _in_turns_with_peers(process_id, clients)
    return [
        at_most("server CPU of a save, one client", alone, "ms", 6),
        noted("response to a save, one client", latency, "ms"),
        at_most(f"server CPU of a save, {CLIENTS} clients without pause", together, "ms", 6),
        noted(f"response to a save, {CLIENTS} clients", durations, "ms"),
        at_most("95 % of these take at most", durations[int(0.95 * len(durations))], "ms", 80),
        at_least(f"saves in a second, {CLIENTS} clients", rate, "", 150),
        at_most(f"errors in {len(durations)} saves by {CLIENTS} clients", len(errors), "", 0),
        noted(f"95 % of the saves of one client take at most, beside {sign_ins} failed sign-ins", beside, "ms"),
        *in_turns,
    ]


@dataclass
class Tool:
    """A server whose clients save in turns with those of others, and what each turn took."""

    process_id: int
    clients: Sequence[Client] | Sequence[PeerClient]
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take_turn(self, saves: int) -> None:
        """Let all clients save at once, each on a new connection: servers close those that were idle."""
        for client in self.clients:
            client.connection.close()
        began = time.monotonic()
        self.cpu.append(_cpu_milliseconds(self.process_id, self.clients, saves))
        self.rates.append(saves * len(self.clients) / (time.monotonic() - began))

    def figures(self, name: str) -> Sequence[Figure]:
        """Return medians over the turns, the 95th percentile of all saves, and the errors."""
        durations = sorted(duration for client in self.clients for duration in client.milliseconds)
        return [
            noted(f"{name}: saves in a second", self.rates, ""),
            noted(f"{name}: CPU of a save", self.cpu, "ms"),
            noted(f"{name}: 95 % take at most", durations[int(0.95 * len(durations))], "ms"),
            at_most(f"{name}: errors", sum(len(client.errors) for client in self.clients), "", 0),
        ]


def _in_turns_with_peers(process_id: int, clients: Sequence[Client]) -> Sequence[Figure]:
    """Save in turns with the other tools that are named in the environment."""
    named = {name: (os.environ.get(variable), run) for name, (variable, run) in PEERS.items()}
    if not any(folder for folder, _ in named.values()):
        return []
    tools = {"ours": Tool(process_id, clients)}
    with ExitStack() as stack:
        for name, (environment, run) in named.items():
            if environment:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="annotator-peer-")))
                server = run(Path(environment), folder, clients[0].text, clients=len(clients))
                tools[name] = Tool(*stack.enter_context(server))
        for tool in tools.values():
            for client in tool.clients:
                client.connection.close()
                client.save(2)  # the first saves also load modules
                client.milliseconds.clear()
            wait_until_idle(tool.process_id)
        for _ in range(ROUNDS):
            for tool in tools.values():
                tool.take_turn(SAVES_IN_ROUND)
    ours = statistics.median(tools["ours"].rates)
    ratios = [
        at_least(f"saves in a second, divided by those of {name}", ours / statistics.median(tool.rates), "",
                 2 if name == "Potato" else 0)
        for name, tool in tools.items() if name != "ours"
    ]  # fmt: skip
    return [figure for name, tool in tools.items() for figure in tool.figures(name)] + ratios


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


def _cpu_milliseconds(process_id: int, clients: Sequence[Client] | Sequence[PeerClient], saves: int) -> float:
    before = tree_cpu_seconds(process_id)
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(lambda client: client.save(saves), clients))
    return 1000 * (tree_cpu_seconds(process_id) - before) / (saves * len(clients))


if __name__ == "__main__":
    report("Saving, on SQLite", measure)
