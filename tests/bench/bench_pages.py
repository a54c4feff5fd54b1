"""Pages of leads at 100,000 documents, 50 people and 2 million spans: CPU of the server for each.

The project is made by `tests.bench.large_project` once. SQLite runs inside the measured process; with PostgreSQL
(`BENCH_DATABASE_URL`) the time that queries take is added, as an upper bound. Arguments choose pages by a part of
their names: `python -m tests.bench.bench_pages overview search`.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.figures import Figure, at_most, report
from tests.bench.large_project import LEAD, open_large_project

RUNS = 3
PAGE_MS, SEARCH_MS = 300, 200
COLUMNS = (
    "id state round priority slots tags people spans labels agreement disagreements minutes length sets meta.source"
)
ALL_COLUMNS = COLUMNS.replace(" ", "&column=")
TABLE = {
    "plain": "",
    "all columns": f"?column={ALL_COLUMNS}",
    **{
        f"by {sort}": f"?sort={sort}"
        for sort in (
            "-title", "external_id", "length", "-priority", "slots", "-agreement", "-spans", "spans", "-minutes",
            "minutes",
        )
    },
    **{f"state {name}": f"?state={name}" for name in ("unassigned", "begun", "submitted", "disputed", "skipped")},
    "state and agreement order": "?state=submitted&sort=-agreement",
    "state and spans order": "?state=submitted&sort=-spans",
    "label and minutes order": "?label=Claim&sort=-minutes",
    "label in every document": "?label=Claim",
    "label that is absent": "?label=Nothing",
    "person": "?person=person-03",
    "person, state and title order": "?state=begun&person=person-03&sort=-title",
    "tag and label": "?tag=hard&label=Claim&sort=length",
    "no round": "?round=none",
    "round": "?round=Pilot",
    "title": "?search=peskov",
    "word in nearly every document": "?q=said",
    "meta": "?q=meta.source:tass",
    "archived": "?archive=only",
}  # fmt: skip
SEARCHES = {
    "word in every document": "said",
    "rare word": "71234",
    "two words": "peskov minister",
    "phrase": '"peskov said"',
    "beginning of a word": "s*",
    "label without a word": "label:Denial -target",
    "attribute of any label": "speaker:Peskov",
    "disputed": "state:disputed",
    "absent label": "label:Nothing",
    "absent attribute": "speaker:Nobody",
    "note": "note:unclear",
    "word and label": "said label:Claim",
    "negated word": "-said",
}


def pages(project: Any) -> Iterator[tuple[str, str, float]]:
    """Yield the name, the address and the target of each page."""
    from annotator.agreement.models import AgreementReport
    from annotator.corpus.documents.models import Document
    from annotator.workload.assignments.models import Round

    base = f"/projects/{project.slug}/"
    document = Document.objects.filter(project=project, position=5_001).get()
    yield "home", "/", PAGE_MS
    yield "inbox", "/inbox/", PAGE_MS
    yield "overview", base, PAGE_MS
    for name in ("board", "rounds", "waiting", "exclusions", "names", "assignments", "questions", "people", "quality"):
        yield name, f"{base}{name}/", PAGE_MS
    for name in ("schema", "schema/migrations", "guidelines", "adjudication", "agreement", "ledger", "suggestions"):
        yield name, f"{base}{name}/", PAGE_MS
    yield "board: person", f"{base}board/?person=person-03", PAGE_MS
    yield "board: free", f"{base}board/?state=free", PAGE_MS
    yield "board: title", f"{base}board/?search=peskov", PAGE_MS
    yield "document", f"/documents/{document.pk}/", PAGE_MS
    yield "round", f"/rounds/{Round.objects.order_by('id')[0].pk}/", PAGE_MS
    whole = AgreementReport.objects.order_by("-id")[0]
    yield "disagreements", f"{base}agreement/{whole.pk}/disagreements/", PAGE_MS
    for name, query in TABLE.items():
        yield f"documents: {name}", f"{base}documents/{query}", PAGE_MS
    for name, query in SEARCHES.items():
        yield f"search: {name}", f"{base}search/?q={query}", SEARCH_MS
    yield "search: sorted by the words before", f"{base}search/?q=said&sort=left", SEARCH_MS


def measure() -> Sequence[Figure]:
    """Load each page several times, the first time to warm up."""
    from django.test import Client

    project = open_large_project()
    from annotator.platform.accounts.models import User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username=LEAD), backend="django.contrib.auth.backends.ModelBackend")
    figures = []
    for name, url, target in pages(project):
        if not sys.argv[1:] or any(word in name for word in sys.argv[1:]):
            figures.append(at_most(name, [_load(client, url) for _ in range(RUNS + 1)][1:], "ms", target))
    return figures


def _load(client: Any, url: str) -> float:
    """Return the milliseconds of CPU that a page takes."""
    from django.db import connection

    waited = _Waited()
    began = time.process_time()
    with connection.execute_wrapper(waited):
        response = client.get(url)
    used = time.process_time() - began
    if response.status_code not in (200, 302):
        raise RuntimeError(f"{url} answered {response.status_code}.")
    return 1000 * (used + (waited.seconds if connection.vendor == "postgresql" else 0.0))


class _Waited:
    """The wall-clock time of queries, in which another process works."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        began = time.monotonic()
        try:
            return execute(sql, parameters, many, context)
        finally:
            self.seconds += time.monotonic() - began


if __name__ == "__main__":
    report("Pages of leads at 100,000 documents, 50 people, 2 million spans", measure)
