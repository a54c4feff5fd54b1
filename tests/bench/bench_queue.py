"""*Next document* for 50 people at once, at 100,000 documents and 2 million spans: response times, and the limit.

The people ask the running site at the same moment, each by a connection and a session of their own. One thread sends
and receives for all of them: fifty threads would take processor time from the site on the same machine, and wait for
each other instead of for the site. Then they ask in threads of this process, without a server: SQLite lets one write
after the other.
"""

import json
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.large_project import PROJECT, folder_of_large_project, open_large_project
from tests.bench.processes import tree_cpu_seconds
from tests.bench.site import Site
from tools.services.processes import free_port

TARGET_MS = 300
TIMES = 5
"""How often everyone asks the site; the figure is the median."""
LONGEST_ANSWER = 60
IDLE_SECONDS, IDLE_SHARE = 2.0, 0.05
CSRF = "c" * 32


def measure() -> Sequence[Figure]:
    """Let everyone ask once, submit what they got, and ask again: the first time is not measured."""
    project = open_large_project()
    from django.db.models import Count, F, Q
    from django.db.models.functions import Coalesce

    from annotator.corpus.documents.models import Document
    from annotator.platform.accounts.models import User

    people = list(User.objects.filter(username__startswith="person-").order_by("id"))
    figures = _at_the_site(people)
    _in_threads(project, people)
    began = time.process_time()
    times = _in_threads(project, people)
    used = time.process_time() - began
    limit = Coalesce("plan__round__annotators_per_document", "project__annotators_per_document")
    held = Count("assignments", filter=Q(assignments__slot__isnull=False))
    over = Document.objects.filter(project=project).annotate(held=held, limit=limit).filter(held__gt=F("limit"))
    return [
        *figures,
        noted("95 % of the answers in threads", _percentile(times), "ms"),
        noted("CPU of an answer in threads", 1000 * used / len(times), "ms"),
        at_most("documents above their limit", over.count(), "", 0),
    ]


def _percentile(times: Sequence[float]) -> float:
    return sorted(times)[len(times) * 95 // 100 - 1]


def _at_the_site(people: Sequence[Any]) -> Sequence[Figure]:
    """Let everyone ask a running site at once."""
    from django.test import Client

    cookies = []
    for user in people:
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookies.append(f"sessionid={browser.cookies['sessionid'].value}; csrftoken={CSRF}")
    folder = folder_of_large_project()
    settings = {"VAR_DIR": str(folder)} | {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
    settings |= {name: os.environ[name] for name in ("WEB_PROCESSES",) if name in os.environ}
    site = Site(folder, free_port(), settings)
    with site.running("serve") as (process_id, _seconds):
        _submit(_ask_at_once(site.port, cookies)[1])
        runs, cpu = [], 0.0
        for _ in range(TIMES):
            _wait_until_idle(process_id)
            before = tree_cpu_seconds(process_id)
            times, sets = _ask_at_once(site.port, cookies)
            cpu += tree_cpu_seconds(process_id) - before
            runs.append(times)
            _submit(sets)
    return [
        at_most("95 % of the answers of the site", [_percentile(times) for times in runs], "ms", TARGET_MS),
        noted("median", [sorted(times)[len(times) // 2] for times in runs], "ms"),
        noted("CPU of an answer of the site", 1000 * cpu / TIMES / len(cookies), "ms"),
    ]


def _ask_at_once(port: int, cookies: Sequence[str]) -> tuple[list[float], list[int]]:
    """Send one request on each connection; return the milliseconds until each answer was complete, and the sets."""
    waiting, times, sets = selectors.DefaultSelector(), [], []
    connections = [socket.create_connection(("127.0.0.1", port), timeout=LONGEST_ANSWER) for _ in cookies]
    began = time.monotonic()
    for connection, cookie in zip(connections, cookies, strict=True):
        connection.sendall(
            f"POST /api/v1/projects/{PROJECT}/next-document/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Cookie: {cookie}\r\nX-CSRFToken: {CSRF}\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\nConnection: close\r\n\r\n{}".encode()
        )
        waiting.register(connection, selectors.EVENT_READ, bytearray())
    while waiting.get_map():
        for key, _events in waiting.select(LONGEST_ANSWER):
            connection, answer = cast(socket.socket, key.fileobj), key.data
            part = connection.recv(1 << 16)
            answer += part
            if not part:
                times.append(1000 * (time.monotonic() - began))
                sets.append(_set_in(bytes(answer)))
                waiting.unregister(connection)
                connection.close()
    return times, sets


def _set_in(answer: bytes) -> int:
    head, _, content = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        raise RuntimeError(answer[:300].decode(errors="replace"))
    return int(json.loads(content)["annotation_set"])


def _wait_until_idle(process_id: int) -> None:
    """Wait until the workers have started, and have counted what was submitted: neither is part of an answer."""
    before = -1.0
    while (used := tree_cpu_seconds(process_id)) - before > IDLE_SHARE * IDLE_SECONDS:
        before = used
        time.sleep(IDLE_SECONDS)


def _in_threads(project: Any, people: Sequence[Any]) -> list[float]:
    """Assign the next document to all at once, without a server."""
    from django.db import connection
    from django.utils import timezone

    from annotator.workload.assignments.services import next_document

    def ask(user: Any) -> int:
        result = next_document(project, user=user, now=timezone.now())
        connection.close()
        return int(result.assignment.annotation_set_id)

    return _together(ask, people)


def _together(ask: Callable[[Any], int], people: Sequence[Any]) -> list[float]:
    """Let all ask at the same moment and submit what they got; return the milliseconds that each waited."""
    together, times, sets = threading.Barrier(len(people)), [], []

    def wait_and_ask(person: Any) -> None:
        together.wait()
        began = time.monotonic()
        sets.append(ask(person))
        times.append(1000 * (time.monotonic() - began))

    threads = [threading.Thread(target=wait_and_ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != len(people):
        raise RuntimeError(f"{len(people) - len(times)} people got no answer.")
    _submit(sets)
    return times


def _submit(sets: Sequence[int]) -> None:
    from django.utils import timezone

    from annotator.corpus.spans.models import AnnotationSet

    AnnotationSet.objects.filter(pk__in=sets).update(state="submitted", submitted_at=timezone.now(), is_tallied=False)


if __name__ == "__main__":
    report("Next document for 50 people at once", measure)
