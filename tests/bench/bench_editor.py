"""The editor in real browsers: opening and editing a short, a long and a very long document, and one of a single line.

    python -m tests.bench.bench_editor [--sizes short longest] [--rounds 8]
    python -m tests.bench.bench_editor --sizes long suggested

The complete page is measured, as served. The work of a key is CPU time of the main thread: the task of the key and the
task of the frame that shows its effect. Growth is the ratio of the very long document to the short one. The CPU of
an opening ends when the page has been quiet for two seconds. *suggested* is *long* with 500 suggestions.
"""

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from playwright.sync_api import Browser, StorageState

from tests.bench.browser import BrowserCpu, Traffic, chromium
from tests.bench.client import Client
from tests.bench.corpus import Record, records
from tests.bench.editor_work import (
    MILLISECONDS_TO_SETTLE,
    EditorWork,
    opened_context,
    sign_in,
    work,
    work_in_firefox,
)
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.site import Site, new_site

BATCH = 500


@dataclass(frozen=True)
class Size:
    """The words, spans and suggestions of a document, the number of openings, and whether Firefox opens it as well."""

    words: int
    spans: int
    openings: int
    one_line: bool = False
    firefox: bool = False
    suggestions: int = 0

    def __str__(self) -> str:
        suggested = f" with {self.suggestions:,} suggestions" if self.suggestions else ""
        return f"{self.words:,}/{self.spans:,}{' in one line' if self.one_line else ''}{suggested}"


SIZES = {
    "short": Size(1_500, 40, 5),
    "long": Size(5_000, 500, 3),
    "suggested": Size(5_000, 500, 3, suggestions=500),
    "longest": Size(100_000, 10_000, 2, firefox=True),
    "one-line": Size(100_000, 10_000, 2, one_line=True),
}


@dataclass(frozen=True)
class Opening:
    """The cost of one cold opening of the editor."""

    requests: int
    kilobytes: float
    until_painted: float
    page_cpu: float
    browser_cpu: float


@dataclass(frozen=True)
class Measurement:
    """The measurements on one document; `firefox` is empty where Firefox did not run."""

    openings: Sequence[Opening]
    work: EditorWork
    firefox: Sequence[float]

    @property
    def until_painted(self) -> list[float]:
        """Milliseconds from the arrival of the data to the first paint of spans."""
        return [opening.until_painted for opening in self.openings]


def measure(sizes: Sequence[str], rounds: int) -> Sequence[Figure]:
    """Open and edit documents of these sizes, all on one site."""
    texts = {name: _record(name) for name in sizes}
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        source.write_bytes(b"".join(orjson.dumps(_unlabelled(record)) + b"\n" for record in texts.values()))
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        for name in texts:
            _suggest(name, SIZES[name].suggestions)
        clients = _clients(site, len(texts))
        with site.running("serve"), chromium() as browser:
            by_text = {record["text"]: record for record in texts.values()}
            opened = {}
            for client in clients:
                client.open()
                record = by_text[client.text]
                _label(client, record)  # at once: the server closes an idle connection
                opened[record["id"]] = client
            measurements = {name: _measure(browser, site, opened[name], SIZES[name], rounds) for name in texts}
    return _figures(measurements)


def _record(name: str) -> Record:
    size = SIZES[name]
    [record] = records(documents=1, words=size.words, spans=size.spans, one_line=size.one_line)
    # The same text may be measured twice; texts tell the documents apart.
    return record | {"id": name, "text": record["text"] + "." * bool(size.suggestions)}


def _unlabelled(record: Record) -> Record:
    return {"id": record["id"], "text": record["text"], "annotators": {}}


def _suggest(name: str, count: int) -> None:
    """Store suggestions that reach the bar, evenly over a text; every tenth may be accepted together."""
    if not count:
        return
    from django.utils import timezone

    from annotator.corpus.documents.models import Document
    from annotator.corpus.suggestions.services import replace_runs
    from projects.selectors import current_schema

    document = Document.objects.select_related("project").get(external_id=name)
    words = list(re.finditer(r"\w+", document.text))
    step = len(words) // count
    spans: list[Record] = [
        {"id": f"s{number}", "label": ("Claim", "Speaker")[number % 2], "attributes": {}, "note": "",
         "origin": "manual", "fragments": [[words[number * step].start(), words[number * step + 1].end()]],
         "score": 0.7 if number % 10 else 0.9}
        for number in range(count)
    ]  # fmt: skip
    content = {"spans": spans, "relations": []}
    version = current_schema(document.project)
    replace_runs([(document, content)], source="bench", version="1", schema_version=version, now=timezone.now())


def _clients(site: Site, count: int) -> Sequence[Client]:
    """Return an annotator for each document."""
    from projects.models import Project

    people = add_annotators(count)
    Project.objects.update(annotators_per_document=1)
    return [Client(site, person) for person in people]


def _label(client: Client, record: Record) -> None:
    """Add spans to the annotator's own set, as if made by hand."""
    spans = record["annotators"]["A"]["spans"]
    for start in range(0, len(spans), BATCH):
        client.save_spans(spans[start : start + BATCH])


def _measure(browser: Browser, site: Site, client: Client, size: Size, rounds: int) -> Measurement:
    """Open a document several times in a fresh context, then edit it."""
    url = f"{site.url}/annotation-sets/{client.set_path.rpartition('/')[2]}/"
    session = sign_in(browser, site, client)
    _open(browser, session, url)  # the first page of a server does not count
    openings = [_open(browser, session, url) for _ in range(size.openings)]
    editor_work = work(browser, session, client, url, rounds)
    return Measurement(openings, editor_work, work_in_firefox(site, client, url) if size.firefox else [])


def _open(browser: Browser, session: StorageState, url: str) -> Opening:
    with opened_context(browser, session) as page:
        page.goto("about:blank")
        traffic = Traffic.of(page)
        before = BrowserCpu.when_quiet(page)
        page.goto(url)
        page.evaluate("benchProbe.whenPainted")
        page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
        painted = page.evaluate("benchProbe.painted - performance.getEntriesByName('editor:data')[0].startTime")
        page_cpu, browser_cpu = BrowserCpu.now().since(before)
        return Opening(
            requests=len(traffic.urls),
            kilobytes=traffic.kilobytes.get("Script", 0.0) + traffic.kilobytes.get("Stylesheet", 0.0),
            until_painted=painted,
            page_cpu=page_cpu,
            browser_cpu=browser_cpu,
        )


def _figures(measurements: Mapping[str, Measurement]) -> list[Figure]:
    figures: list[Figure] = []
    for name, measured in measurements.items():
        figures += [*_opening_figures(name, measured), *_key_figures(name, measured)]
    if {"short", "longest"} <= set(measurements):
        short, longest = measurements["short"].work, measurements["longest"].work
        for what in ("adds", "deletes"):
            growth = longest.median_of(what) / short.median_of(what)
            figures.append(at_most(f"growth of the work of a key that {what}, short to longest", growth, "×", 1.25))
    return figures


def _opening_figures(name: str, measured: Measurement) -> list[Figure]:
    openings = measured.openings
    figures = [
        at_most(f"{name}: data to painted", measured.until_painted, "ms", 400 if SIZES[name].words > 10_000 else 100),
        noted("… CPU of the page to open it", [opening.page_cpu for opening in openings], "s"),
    ]
    browser_cpu = [opening.browser_cpu for opening in openings]
    if name != "short":
        return [*figures, noted("… CPU of the whole browser to open it", browser_cpu, "s")]
    return [
        *figures,
        at_most("… CPU of the whole browser to open it", browser_cpu, "s", 0.3),
        at_most("… requests, cold", [opening.requests for opening in openings], "", 40),
        at_most("… JavaScript and CSS on the wire", [opening.kilobytes for opening in openings], "kB", 70),
    ]


def _key_figures(name: str, measured: Measurement) -> list[Figure]:
    work = measured.work
    figures = [at_most("… key that adds or deletes, to painted", work.until_painted, "ms", 16)]
    for what, costs in work.keys.items():
        values = work.work_of(what)
        target = what in ("adds", "deletes")
        line = f"… work of a key that {what}"
        figures.append(at_most(line, values, "ms", 6) if target else noted(line, values, "ms"))
        if target:
            figures.append(noted("… … the task of the key alone", [cost.task for cost in costs], "ms"))
    if measured.firefox:
        figures.append(at_most("… key that adds, Firefox, wall, to painted", measured.firefox, "ms", 10))
    return [
        *figures,
        at_most("… hit test under a resting pointer", work.rests, "ms", 0.3),
        at_most("… listeners of a pointer move", [cost.listeners for cost in work.moves], "ms", 0.2),
        at_most("… frames over 50 ms while scrolling", work.slow_frames, "", 0),
        at_most("… DOM nodes", work.nodes, "", 3_500),
        at_most("… heap", work.megabytes, "MB", 12),
    ]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["short", "longest", "one-line"])
    parser.add_argument("--rounds", type=int, default=8, help="how often each key is pressed and measured")
    options = parser.parse_args()
    described = ", ".join(f"{name} {SIZES[name]}" for name in options.sizes)
    report(f"Editor: {described} (words/spans)", lambda: measure(options.sizes, options.rounds))


if __name__ == "__main__":
    main()
