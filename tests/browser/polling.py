"""What a page does by itself: values read until they are right, and requests noted where they are made."""

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

from tests.waiting import LONG

Value = TypeVar("Value")

# Playwright reports a request some time after the page has made it; the page itself notes it at once, by its own clock.
NOTE_REQUESTS = """(() => {
  window.requested = [];
  const note = (url) => window.requested.push([Date.now(), String(url)]);
  const { fetch } = window;
  window.fetch = (...options) => { note(options[0]?.url ?? options[0]); return fetch(...options); };
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (...options) { note(options[1]); return open.apply(this, options); };
})()"""


def expect_value(page: Page, read: Callable[[], Value], is_right: Callable[[Value], bool]) -> None:
    """Read a value again and again until it is right; fail with the last one at the time limit."""
    until = time.monotonic() + LONG
    while not is_right(value := read()):
        assert time.monotonic() < until, f"It was still {value!r} after {LONG} s."
        page.wait_for_timeout(50)


def note_requests(page: Page) -> None:
    """Let the pages that are opened from now on note the requests of their scripts."""
    page.add_init_script(NOTE_REQUESTS)


def requests_of(page: Page, words: str = "") -> list[tuple[int, str]]:
    """Return when by its clock the page has made requests, and their addresses, if these contain some words."""
    return [(at, url) for at, url in page.evaluate("window.requested") if words in url]
