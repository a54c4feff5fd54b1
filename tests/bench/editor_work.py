"""Editing an open document: keys, pointer moves and scrolling, and their cost."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, StorageState

from tests.bench.browser import PROBE, wait_until
from tests.bench.client import Client
from tests.bench.people import PASSWORD
from tests.bench.site import Site
from tests.bench.tracing import EventCost, traced
from tests.firefox import Firefox, running_firefox

ROUNDS_IN_FIREFOX = 20
MOVES = 60
# The page looks up what the pointer is over when it moves; after a rest, nothing of that is in the caches.
RESTS = 20
MILLISECONDS_TO_REST = 150
FRAMES = 120
SLOW_FRAME = 50.0
MILLISECONDS_TO_SETTLE = 2_500
# Long enough to paint the effect of a key, and for tasks that wait for that.
MILLISECONDS_AFTER_KEY = 120
# One round leaves the document unchanged: the span that is added is deleted again.
KEYS = {
    "moves the cursor": "ArrowRight",
    "adds": "1",
    "sets an attribute": "d",
    "shows letters on words": "2",
    "relabels": "Enter",
    "undoes": "Control+z",
    "deletes": "Delete",
}


@dataclass(frozen=True)
class EditorWork:
    """The cost of editing, in milliseconds of CPU except for `until_painted`, and the size of the page."""

    keys: Mapping[str, Sequence[EventCost]]
    until_painted: Sequence[float]
    moves: Sequence[EventCost]
    rests: Sequence[float]
    slow_frames: int
    nodes: int
    megabytes: float

    def work_of(self, what: str) -> list[float]:
        """Return the work of one kind of key: its task with the frame that shows its effect."""
        return [cost.work for cost in self.keys[what]]

    def median_of(self, what: str) -> float:
        """Return the median work of one kind of key."""
        return statistics.median(self.work_of(what))


@contextmanager
def signed_in(browser: Browser, site: Site, client: Client) -> Iterator[Page]:
    """Yield a page in a fresh context, signed in as the annotator, with the probe in every page that it opens."""
    with opened_context(browser, sign_in(browser, site, client)) as page:
        yield page


def sign_in(browser: Browser, site: Site, client: Client) -> StorageState:
    """Sign in as the annotator and return the cookies."""
    with opened_context(browser, None) as page:
        page.goto(f"{site.url}/sign-in/")
        page.fill("[name=username]", client.person.name)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page.context.storage_state()


@contextmanager
def opened_context(browser: Browser, session: StorageState | None) -> Iterator[Page]:
    """Yield a page in a fresh context with these cookies and an empty cache, and the probe in every page."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, storage_state=session)
    page = context.new_page()
    page.add_init_script(PROBE)
    yield page
    context.close()


def work(browser: Browser, session: StorageState, client: Client, url: str, rounds: int) -> EditorWork:
    """Add, change and delete spans by key, move the pointer over the text, and scroll."""
    with opened_context(browser, session) as page:
        page.goto(url)
        wait_until(page, "benchProbe.painted > 0")
        page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
        page.locator("[role=application]").focus()
        page.keyboard.press("F9")  # no frames, which would take the digit
        _rounds(page, 3)  # the browser compiles the code of the page
        page.evaluate("benchProbe.keys.length = 0")
        keys = _keys(page, rounds)
        until_painted = page.evaluate("benchProbe.keys")
        _check_label_key(page, client)
        with traced(page) as trace:
            for number in range(MOVES):
                page.mouse.move(100 + 7 * number, 200 + 5 * number)
        with traced(page) as resting:
            for number in range(RESTS):
                page.mouse.move(110 + 37 * number, 210 + 23 * number)
                page.wait_for_timeout(MILLISECONDS_TO_REST)
        frames: list[float] = page.evaluate(f"benchProbe.scroll(document.querySelector('#text-pane'), {FRAMES})")
        cdp = page.context.new_cdp_session(page)
        cdp.send("HeapProfiler.collectGarbage")
        return EditorWork(
            keys=keys,
            until_painted=until_painted,
            moves=trace.costs_of("pointermove"),
            rests=resting.listeners_of("pointermove"),
            slow_frames=sum(frame > SLOW_FRAME for frame in frames),
            nodes=page.evaluate("document.querySelectorAll('*').length"),
            megabytes=cdp.send("Runtime.getHeapUsage")["usedSize"] / 1e6,
        )


def _rounds(page: Page, rounds: int) -> None:
    for _ in range(rounds):
        for key in KEYS.values():
            page.keyboard.press(key)
            page.wait_for_timeout(MILLISECONDS_AFTER_KEY)


def _keys(page: Page, rounds: int) -> dict[str, Sequence[EventCost]]:
    with traced(page) as trace:
        _rounds(page, rounds)
    # "Control" is pressed before "z"; its event does nothing.
    pressed = [part for key in KEYS.values() for part in key.split("+")]
    costs = trace.costs_of("keydown")
    if len(costs) < rounds * len(pressed) * 0.9:
        raise RuntimeError(f"Only {len(costs)} of {rounds * len(pressed)} keys were traced.")
    positions = {what: pressed.index(key.split("+")[-1]) for what, key in KEYS.items()}
    return {what: costs[position :: len(pressed)] for what, position in positions.items()}


def _check_label_key(page: Page, client: Client) -> None:
    """Raise `RuntimeError` unless the key of a label adds a span on the server."""
    saved = "document.querySelector('[data-state=saved]') !== null"
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    wait_until(page, saved)
    before = client.count_spans()
    page.keyboard.press("ArrowLeft")  # a word of the rounds: the next one may be punctuation, which is questioned
    page.keyboard.press("1")
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    wait_until(page, saved)
    if client.count_spans() != before + 1:
        raise RuntimeError("The key of a label added no span, so the keys that were measured do not label.")


def work_in_firefox(site: Site, client: Client, url: str) -> list[float]:
    """Add and delete spans by key in Firefox; return the milliseconds until painted of each key that adds.

    Firefox does not report the CPU time of a page, so this is wall-clock time from key event to end of frame.
    """
    with running_firefox() as firefox:
        _sign_in_firefox(firefox, site, client)
        firefox.call("prepare", PROBE)
        firefox.call("goto", url)
        firefox.wait_until("benchProbe.painted > 0")
        firefox.call("wait", MILLISECONDS_TO_SETTLE)
        for _ in range(ROUNDS_IN_FIREFOX):
            for key in ("ArrowRight", "1", "Delete"):
                firefox.press(key)
                firefox.call("wait", MILLISECONDS_AFTER_KEY)
        durations: list[float] = firefox.evaluate("benchProbe.shown")
        return durations[::2]


def _sign_in_firefox(firefox: Firefox, site: Site, client: Client) -> None:
    firefox.call("goto", f"{site.url}/sign-in/")
    for name, value in (("username", client.person.name), ("password", PASSWORD)):
        firefox.evaluate(f"document.querySelector('[name={name}]').focus()")
        firefox.call("type", value)
    firefox.press("Enter")
    firefox.wait_until("!location.pathname.includes('sign-in')")
