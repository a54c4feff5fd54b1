"""The editor in a real Chromium, on a short, a long and a very long text: opened cold, then worked in by key.

The full page is measured, as served, not modules by themselves. The long text is opened several times for what the
network and the processor do; growth is the ratio of the very long text to the short one.
"""

import statistics
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from playwright.sync_api import Browser, Page

from tests.bench.browser import PROBE, BrowserCpu, Traffic, chromium, wait_until
from tests.bench.client import Client
from tests.bench.corpus import records, write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PASSWORD, PROJECT, add_annotators, set_up
from tests.bench.site import Site, new_site

BATCH = 500
PRESSES = 40
MOVES = 60
FRAMES = 240
SLOW_FRAME = 50.0
MILLISECONDS_TO_SETTLE = 2_500


@dataclass(frozen=True)
class Size:
    """A text of so many words with so many spans, and how often it is opened."""

    words: int
    spans: int
    openings: int

    def __str__(self) -> str:
        return f"{self.words:,}/{self.spans:,}"


SHORT, LONG, LONGEST = Size(1_500, 40, 1), Size(5_000, 500, 5), Size(100_000, 10_000, 3)


@dataclass(frozen=True)
class Opening:
    """What one cold opening of the editor took."""

    requests: int
    kilobytes: float
    until_painted: float
    page_cpu: float
    browser_cpu: float


@dataclass(frozen=True)
class Working:
    """What working in the text took: milliseconds of keys and moves, slow frames while scrolling, what it holds."""

    until_painted: list[float]
    work: list[float]
    moves: list[float]
    slow_frames: int
    nodes: int
    megabytes: float


def measure() -> Sequence[Figure]:
    """Open and work in texts of all sizes."""
    # A process keeps to the database of its first site: each size has one of its own.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        (_, short), (openings, long), (longest_openings, longest) = processes.map(_measure, (SHORT, LONG, LONGEST))
    growth = statistics.median(longest.work) / statistics.median(short.work)
    return [
        *_opening_figures(openings),
        at_most("data in hand to painted, longest", [each.until_painted for each in longest_openings], "ms", 400),
        *_working_figures(long, longest),
        at_most(f"growth of add and delete from {SHORT}", growth, "×", 1.25),
    ]


def _measure(size: Size) -> tuple[list[Opening], Working]:
    """Open a text of a size several times in a fresh context, then work in it."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=1, words=size.words, spans=size.spans)
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        client = Client(site, add_annotators(1)[0])
        with site.running("serve"):
            client.open()
            _label(client, size)
            url = f"{site.url}/annotation-sets/{client.set_path.rpartition('/')[2]}/"
            with chromium() as browser:
                _open(browser, site, client, url)  # the browser's own first page is not counted
                openings = [_open(browser, site, client, url) for _ in range(size.openings)]
                return openings, _work(browser, site, client, url)


def _label(client: Client, size: Size) -> None:
    """Give the annotator's own set its spans, as if made by hand."""
    [record] = records(documents=1, words=size.words, spans=size.spans)
    spans = record["annotators"]["A"]["spans"]
    for start in range(0, size.spans, BATCH):
        client.save_spans(spans[start : start + BATCH])


def _sign_in(browser: Browser, site: Site, client: Client) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{site.url}/sign-in/")
    page.fill("[name=username]", client.person.name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.add_init_script(PROBE)
    return page


def _open(browser: Browser, site: Site, client: Client, url: str) -> Opening:
    page = _sign_in(browser, site, client)
    # What the page of the sign-in left behind must not make this one warm.
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto("about:blank")
    traffic = Traffic.of(page)
    before = BrowserCpu.now()
    page.goto(url)
    wait_until(page, "benchProbe.painted > 0")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    painted = page.evaluate("benchProbe.painted - performance.getEntriesByName('editor:data')[0].startTime")
    page_cpu, browser_cpu = BrowserCpu.now().since(before)
    opening = Opening(
        requests=len(traffic.urls),
        kilobytes=traffic.kilobytes.get("Script", 0.0) + traffic.kilobytes.get("Stylesheet", 0.0),
        until_painted=painted,
        page_cpu=page_cpu,
        browser_cpu=browser_cpu,
    )
    page.context.close()
    return opening


def _work(browser: Browser, site: Site, client: Client, url: str) -> Working:
    """Label and remove one token after the other by key, move the pointer over the text, scroll."""
    page = _sign_in(browser, site, client)
    page.goto(url)
    wait_until(page, "benchProbe.painted > 0")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.locator("[role=application]").focus()
    before = client.count_spans()
    for number in range(PRESSES):
        page.keyboard.press("ArrowRight")
        page.keyboard.press(str(number % 4 + 1))
        wait_until(page, f"benchProbe.keys.length === {2 * number + 1}")
        page.keyboard.press("Delete" if number % 2 else "2")
        wait_until(page, f"benchProbe.keys.length === {2 * number + 2}")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    if abs(client.count_spans() - before) < PRESSES // 4:
        raise RuntimeError(f"{PRESSES} keys changed almost no spans: what was measured is not labelling.")
    for number in range(MOVES):
        page.mouse.move(100 + 7 * number, 200 + 5 * number)
    frames: list[float] = page.evaluate(f"benchProbe.scroll(document.querySelector('#text-pane'), {FRAMES})")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    working = Working(
        until_painted=page.evaluate("benchProbe.keys"),
        work=page.evaluate("benchProbe.work"),
        moves=page.evaluate("benchProbe.moves"),
        slow_frames=sum(frame > SLOW_FRAME for frame in frames),
        nodes=page.evaluate("document.querySelectorAll('*').length"),
        megabytes=session.send("Runtime.getHeapUsage")["usedSize"] / 1e6,
    )
    page.context.close()
    return working


def _opening_figures(openings: Sequence[Opening]) -> list[Figure]:
    return [
        at_most("requests of the page, cold", [each.requests for each in openings], "", 40),
        at_most("JavaScript and CSS on the wire", [each.kilobytes for each in openings], "kB", 60),
        at_most(f"data in hand to painted, {LONG}", [each.until_painted for each in openings], "ms", 100),
        at_most("CPU of the page to open it", [each.page_cpu for each in openings], "s", 0.5),
        noted("CPU of the whole browser to open it", [each.browser_cpu for each in openings], "s"),
    ]


def _working_figures(long: Working, longest: Working) -> list[Figure]:
    return [
        at_most(f"key to painted, {LONG}", long.until_painted, "ms", 16),
        at_most(f"key to painted, {LONGEST}", longest.until_painted, "ms", 16),
        at_most("task of a key that adds or deletes", longest.work, "ms", 6),
        at_most("task of a move of the pointer", longest.moves, "ms", 0.2),
        at_most("frames over 50 ms while scrolling", longest.slow_frames, "", 0),
        at_most("DOM nodes", longest.nodes, "", 3_500),
        at_most("heap", longest.megabytes, "MB", 12),
    ]


if __name__ == "__main__":
    report(f"Editor, {SHORT}, {LONG} and {LONGEST} words and spans", measure)
