"""The editor in real browsers: opening and editing a short, a long and a very long document, and one of a single line.

The complete page is measured, as served. The work of a key is CPU time of the main thread: the task of the key and the
task of the frame that shows its effect. Growth is the ratio of the very long document to the short one. The long
document is opened several times to measure network and processor.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from playwright.sync_api import Browser

from tests.bench.browser import BrowserCpu, Traffic, chromium, wait_until
from tests.bench.client import Client
from tests.bench.corpus import records, write_corpus
from tests.bench.editor_work import MILLISECONDS_TO_SETTLE, EditorWork, signed_in, work, work_in_firefox
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PROJECT, add_annotators, set_up
from tests.bench.site import Site, new_site

BATCH = 500


@dataclass(frozen=True)
class Size:
    """The words and spans of a document, the number of openings, and whether Firefox opens it as well."""

    words: int
    spans: int
    openings: int
    one_line: bool = False
    firefox: bool = False

    def __str__(self) -> str:
        return f"{self.words:,}/{self.spans:,}{' in one line' if self.one_line else ''}"


SHORT, LONG = Size(1_500, 40, 1), Size(5_000, 500, 5)
LONGEST = Size(100_000, 10_000, 3, firefox=True)
ONE_LINE = Size(100_000, 10_000, 3, one_line=True)


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


def measure() -> Sequence[Figure]:
    """Open and edit documents of all sizes."""
    # A process keeps the database of its first site, so each size has its own process.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        short, long, longest, one_line = processes.map(_measure, (SHORT, LONG, LONGEST, ONE_LINE))
    return [
        *_opening_figures(long, longest, one_line),
        *_key_figures(short.work, longest.work, one_line.work),
        at_most(f"key to painted, {LONG}", long.work.until_painted, "ms", 16),
        at_most(f"key to painted, {LONGEST}", longest.work.until_painted, "ms", 16),
        at_most("key that adds, Firefox, wall, to painted", longest.firefox, "ms", 10),
        *_page_figures(longest.work, one_line.work),
    ]


def _measure(size: Size) -> Measurement:
    """Open a document several times in a fresh context, then edit it."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=1, words=size.words, spans=size.spans, one_line=size.one_line)
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        client = Client(site, add_annotators(1)[0])
        with site.running("serve"):
            client.open()
            _label(client, size)
            url = f"{site.url}/annotation-sets/{client.set_path.rpartition('/')[2]}/"
            with chromium() as browser:
                _open(browser, site, client, url)  # the first page of the browser does not count
                openings = [_open(browser, site, client, url) for _ in range(size.openings)]
                editor_work = work(browser, site, client, url)
            return Measurement(openings, editor_work, work_in_firefox(site, client, url) if size.firefox else [])


def _label(client: Client, size: Size) -> None:
    """Add spans to the annotator's own set, as if made by hand."""
    [record] = records(documents=1, words=size.words, spans=size.spans, one_line=size.one_line)
    spans = record["annotators"]["A"]["spans"]
    for start in range(0, size.spans, BATCH):
        client.save_spans(spans[start : start + BATCH])


def _open(browser: Browser, site: Site, client: Client, url: str) -> Opening:
    with signed_in(browser, site, client) as page:
        # Files of the sign-in page must not come from the cache.
        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
        page.goto("about:blank")
        traffic = Traffic.of(page)
        before = BrowserCpu.now()
        page.goto(url)
        wait_until(page, "benchProbe.painted > 0")
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


def _opening_figures(long: Measurement, longest: Measurement, one_line: Measurement) -> list[Figure]:
    openings = long.openings
    return [
        at_most("requests of the page, cold", [opening.requests for opening in openings], "", 40),
        at_most("JavaScript and CSS on the wire", [opening.kilobytes for opening in openings], "kB", 60),
        at_most(f"data to painted, {LONG}", long.until_painted, "ms", 100),
        at_most(f"data to painted, {LONGEST}", longest.until_painted, "ms", 400),
        at_most(f"data to painted, {ONE_LINE}", one_line.until_painted, "ms", 400),
        at_most("CPU of the page to open it", [opening.page_cpu for opening in openings], "s", 0.5),
        noted("CPU of the whole browser to open it", [opening.browser_cpu for opening in openings], "s"),
    ]


def _key_figures(short: EditorWork, longest: EditorWork, one_line: EditorWork) -> list[Figure]:
    """Return the work of keys in the very long and the short document, and their ratio."""
    other_keys = [what for what in longest.keys if what not in ("adds", "deletes")]
    figures = []
    for what in ("adds", "deletes"):
        figures += [
            at_most(f"work of a key that {what}, {LONGEST}", longest.work_of(what), "ms", 6),
            noted("… the task of the key alone", [cost.task for cost in longest.keys[what]], "ms"),
            noted(f"… {SHORT}", short.work_of(what), "ms"),
            at_most(f"growth of that from {SHORT}", longest.median_of(what) / short.median_of(what), "×", 1.25),
            at_most(f"work of a key that {what}, {ONE_LINE}", one_line.work_of(what), "ms", 6),
        ]
    return [*figures, *(noted(f"work of a key that {what}", longest.work_of(what), "ms") for what in other_keys)]


def _page_figures(longest: EditorWork, one_line: EditorWork) -> list[Figure]:
    return [
        at_most("hit test under a resting pointer", longest.rests, "ms", 0.2),
        at_most("listeners of a pointer move", [cost.listeners for cost in longest.moves], "ms", 0.2),
        noted("… the whole task", [cost.task for cost in longest.moves], "ms"),
        at_most(f"frames over 50 ms while scrolling, {LONGEST}", longest.slow_frames, "", 0),
        at_most(f"frames over 50 ms while scrolling, {ONE_LINE}", one_line.slow_frames, "", 0),
        at_most("DOM nodes", longest.nodes, "", 3_500),
        at_most("heap", longest.megabytes, "MB", 12),
    ]


if __name__ == "__main__":
    report(f"Editor: {SHORT}, {LONG}, {LONGEST} and {ONE_LINE} (words/spans)", measure)
