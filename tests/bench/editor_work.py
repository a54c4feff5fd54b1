"""Working in an open text: keys, moves of the pointer, scrolling, and what they cost the page."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from tests.bench.browser import PROBE, wait_until
from tests.bench.client import Client
from tests.bench.people import PASSWORD
from tests.bench.site import Site
from tests.bench.tracing import Handled, traced
from tests.firefox import Firefox, running_firefox

ROUNDS = 20
MOVES = 60
# The pointer rests: what it is over is looked up then, by the longest of the timers that go off.
RESTS = 20
MILLISECONDS_TO_REST = 150
FRAMES = 240
SLOW_FRAME = 50.0
MILLISECONDS_TO_SETTLE = 2_500
# Long enough for a key to be painted, and for what waits until then.
MILLISECONDS_AFTER_KEY = 120
# One round, without an end to it: what is added goes again.
KEYS = {
    "moves the cursor": "ArrowRight",
    "adds": "1",
    "sets an attribute": "d",
    "relabels": "2",
    "undoes": "Control+z",
    "deletes": "Delete",
}


@dataclass(frozen=True)
class Working:
    """What working in the text took, in milliseconds of CPU but for `until_painted`, and what the page holds."""

    keys: Mapping[str, Sequence[Handled]]
    until_painted: Sequence[float]
    moves: Sequence[Handled]
    rests: Sequence[float]
    slow_frames: int
    nodes: int
    megabytes: float

    def work(self, what: str) -> list[float]:
        """Of one kind of key: its task with the frame that shows what it did."""
        return [each.work for each in self.keys[what]]

    def median(self, what: str) -> float:
        """The middle of that."""
        return statistics.median(self.work(what))


@contextmanager
def signed_in(browser: Browser, site: Site, client: Client) -> Iterator[Page]:
    """Yield a page in a fresh context, of the annotator, with the probe in every page that it opens."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{site.url}/sign-in/")
    page.fill("[name=username]", client.person.name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.add_init_script(PROBE)
    yield page
    context.close()


def work(browser: Browser, site: Site, client: Client, url: str) -> Working:
    """Add, change and remove one span after the other by key, move the pointer over the text, scroll."""
    with signed_in(browser, site, client) as page:
        page.goto(url)
        wait_until(page, "benchProbe.painted > 0")
        page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
        page.locator("[role=application]").focus()
        _rounds(page, 3)  # until the code of the page is compiled
        keys = _keys(page)
        _check(lambda: page.keyboard.press("1"), page, client)
        with traced(page) as trace:
            for number in range(MOVES):
                page.mouse.move(100 + 7 * number, 200 + 5 * number)
        moves = trace.handled("pointermove")
        with traced(page) as resting:
            for number in range(RESTS):
                page.mouse.move(110 + 37 * number, 210 + 23 * number)
                page.wait_for_timeout(MILLISECONDS_TO_REST)
        frames: list[float] = page.evaluate(f"benchProbe.scroll(document.querySelector('#text-pane'), {FRAMES})")
        session = page.context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        return Working(
            keys=keys,
            until_painted=page.evaluate("benchProbe.keys"),
            moves=moves,
            rests=sorted(resting.timers())[-RESTS:],
            slow_frames=sum(frame > SLOW_FRAME for frame in frames),
            nodes=page.evaluate("document.querySelectorAll('*').length"),
            megabytes=session.send("Runtime.getHeapUsage")["usedSize"] / 1e6,
        )


def _rounds(page: Page, rounds: int) -> None:
    for _ in range(rounds):
        for key in KEYS.values():
            page.keyboard.press(key)
            page.wait_for_timeout(MILLISECONDS_AFTER_KEY)


def _keys(page: Page) -> dict[str, Sequence[Handled]]:
    with traced(page) as trace:
        _rounds(page, ROUNDS)
    # "Control" is pressed before "z": the first of these two does nothing.
    pressed = [part for key in KEYS.values() for part in key.split("+")]
    handled = trace.handled("keydown")
    if len(handled) < ROUNDS * len(pressed) * 0.9:
        raise RuntimeError(f"{len(handled)} keys were traced of {ROUNDS * len(pressed)}.")
    places = {what: pressed.index(key.split("+")[-1]) for what, key in KEYS.items()}
    return {what: handled[place :: len(pressed)] for what, place in places.items()}


def _check(add: Callable[[], object], page: Page, client: Client) -> None:
    """Make sure that what was measured is labelling: one more key is one more span on the server."""
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    before = client.count_spans()
    page.keyboard.press("ArrowRight")
    add()
    page.wait_for_timeout(MILLISECONDS_TO_SETTLE)
    if client.count_spans() != before + 1:
        raise RuntimeError("The key of a label added no span: what was measured is not labelling.")


def work_in_firefox(site: Site, client: Client, url: str) -> list[float]:
    """Add and remove one span after the other by key in Firefox: milliseconds of each key that adds until painted.

    Firefox tells no CPU time of a page: these are of the wall, from the start of the key to the end of its frame.
    """
    with running_firefox() as firefox:
        _sign_in_firefox(firefox, site, client)
        firefox.call("prepare", PROBE)
        firefox.call("goto", url)
        firefox.wait_until("benchProbe.painted > 0")
        firefox.call("wait", MILLISECONDS_TO_SETTLE)
        for _ in range(ROUNDS):
            for key in ("ArrowRight", "1", "Delete"):
                firefox.press(key)
                firefox.call("wait", MILLISECONDS_AFTER_KEY)
        both: list[float] = firefox.evaluate("benchProbe.shown")
        return both[::2]


def _sign_in_firefox(firefox: Firefox, site: Site, client: Client) -> None:
    firefox.call("goto", f"{site.url}/sign-in/")
    for name, words in (("username", client.person.name), ("password", PASSWORD)):
        firefox.evaluate(f"document.querySelector('[name={name}]').focus()")
        firefox.call("type", words)
    firefox.press("Enter")
    firefox.wait_until("!location.pathname.includes('sign-in')")
