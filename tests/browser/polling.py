"""Values of a page that change by themselves, read until they are right."""

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

from tests.waiting import LONG

Value = TypeVar("Value")


def expect_value(page: Page, read: Callable[[], Value], is_right: Callable[[Value], bool]) -> None:
    """Read a value again and again until it is right; fail with the last one at the time limit."""
    until = time.monotonic() + LONG
    while not is_right(value := read()):
        assert time.monotonic() < until, f"It was still {value!r} after {LONG} s."
        page.wait_for_timeout(50)
