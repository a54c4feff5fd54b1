"""The editor in a real Chromium: 5,000 words with 500 spans, opened cold, then labelled by key."""

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from tests.bench.browser import PROBE, BrowserCpu, Traffic, chromium, wait_until
from tests.bench.client import Client
from tests.bench.corpus import records, write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PASSWORD, PROJECT, add_annotators, set_up
from tests.bench.site import Site, new_site

WORDS, SPANS = 5_000, 500
BATCH = 100
OPENINGS = 7
PRESSES = 60
MILLISECONDS_TO_SETTLE = 1_500


@dataclass(frozen=True)
class Opening:
    """What one cold opening of the editor took."""

    requests: int
    kilobytes: float
    until_painted: float
    page_cpu: float
    browser_cpu: float


def measure() -> Sequence[Figure]:
    """Open the editor several times in a fresh context, then press label keys in the last."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=1, words=WORDS, spans=SPANS)
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        client = Client(site, add_annotators(1)[0])
        with site.running("serve"):
            client.open()
            _label(client)
            url = f"{site.url}/annotation-sets/{client.set_path.rpartition('/')[2]}/"
            with chromium() as browser:
                _open(browser, site, client, url)  # the browser's own first page is not counted
                openings = [_open(browser, site, client, url) for _ in range(OPENINGS)]
                keys = _press(browser, site, client, url)
    return [*_opening_figures(openings), at_most("label key to painted", keys, "ms", 16)]


def _label(client: Client) -> None:
    """Give the annotator's own set the 500 spans, as if made by hand."""
    [record] = records(documents=1, words=WORDS, spans=SPANS)
    spans = record["annotators"]["A"]["spans"]
    for start in range(0, SPANS, BATCH):
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


def _press(browser: Browser, site: Site, client: Client, url: str) -> list[float]:
    """Label one token after the other by key; the milliseconds from each key to the frame that shows it."""
    page = _sign_in(browser, site, client)
    page.goto(url)
    wait_until(page, "benchProbe.painted > 0")
    page.locator("[role=application]").focus()
    for number in range(PRESSES):
        page.keyboard.press("ArrowRight")
        page.keyboard.press(str(number % 4 + 1))
        wait_until(page, f"benchProbe.keys.length === {number + 1}")
    milliseconds: list[float] = page.evaluate("benchProbe.keys")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    page.context.close()
    made = client.count_spans() - SPANS
    if made < PRESSES // 2:
        raise RuntimeError(f"{PRESSES} keys made only {made} spans: what was measured is not labelling.")
    return milliseconds


def _opening_figures(openings: Sequence[Opening]) -> list[Figure]:
    return [
        at_most("requests of the page, cold", [each.requests for each in openings], "", 40),
        at_most("JavaScript and CSS on the wire", [each.kilobytes for each in openings], "kB", 60),
        at_most("data in hand to painted", [each.until_painted for each in openings], "ms", 150),
        at_most("CPU of the page to open it", [each.page_cpu for each in openings], "s", 0.5),
        noted("CPU of the whole browser to open it", [each.browser_cpu for each in openings], "s"),
    ]


if __name__ == "__main__":
    report(f"Editor, {WORDS:,} words with {SPANS} spans", measure)
