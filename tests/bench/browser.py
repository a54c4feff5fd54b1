"""A real Chromium to measure in, and the cost of its pages."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.bench.processes import tree
from tools.services.chromium import find_chromium, use_own_node

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A window is quiet when the browser has used less than so many seconds of CPU for so long.
MILLISECONDS_OF_QUIET = 1_000
SECONDS_OF_QUIET = 0.03
MOST_WAITS = 30
PROBE = Path(__file__).with_name("editor_probe.js").read_text("utf-8")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser; without its sandbox as root, where the sandbox refuses to run."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    use_own_node()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(flags))
        yield browser
        browser.close()


@dataclass(frozen=True)
class BrowserCpu:
    """CPU seconds so far of each process of our browser: the processes of pages, and the others."""

    pages: dict[int, float]
    others: dict[int, float]

    @classmethod
    def now(cls) -> "BrowserCpu":
        """Read the clocks of the processes that run now."""
        cpu = cls({}, {})
        for process in tree(os.getpid())[1:]:
            try:
                if "chrom" in process.name():
                    times = process.cpu_times()
                    group = cpu.pages if "--type=renderer" in " ".join(process.cmdline()) else cpu.others
                    group[process.pid] = times.user + times.system
            except psutil.NoSuchProcess:
                continue  # it has ended since it was listed
        return cpu

    @classmethod
    def when_quiet(cls, page: Page) -> "BrowserCpu":
        """Read the clocks once a new window is quiet: Chromium loads parts of its own interface, some 0.7 s of work."""
        before = cls.now()
        for _ in range(MOST_WAITS):
            page.wait_for_timeout(MILLISECONDS_OF_QUIET)
            now = cls.now()
            if now.since(before)[1] < SECONDS_OF_QUIET:
                return now
            before = now
        raise RuntimeError("The browser never became quiet.")

    def since(self, before: "BrowserCpu") -> tuple[float, float]:
        """Return CPU seconds since another reading: (of pages, of the whole browser), of live processes."""
        pages = sum(seconds - before.pages.get(pid, 0.0) for pid, seconds in self.pages.items())
        others = sum(seconds - before.others.get(pid, 0.0) for pid, seconds in self.others.items())
        return pages, pages + others


def wait_until(page: Page, expression: str) -> None:
    """Wait up to 30 s for an expression to be true; polls from outside, because the page's policy forbids eval."""
    deadline = time.monotonic() + 30
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{page.url}: the expression stayed false: {expression}")
        page.wait_for_timeout(5)


@dataclass
class Traffic:
    """The requests of a page and the bytes of its scripts and styles on the wire, from now on."""

    session: CDPSession
    urls: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    kilobytes: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, page: Page) -> "Traffic":
        """Start counting."""
        traffic = cls(page.context.new_cdp_session(page))
        traffic.session.on("Network.requestWillBeSent", traffic._sent)
        traffic.session.on("Network.responseReceived", traffic._answered)
        traffic.session.on("Network.loadingFinished", traffic._finished)
        traffic.session.send("Network.enable")
        return traffic

    def _sent(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith(("data:", "blob:")):
            self.urls.append(event["request"]["url"])

    def _answered(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        kind = self.kinds.get(event["requestId"], "Other")
        self.kilobytes[kind] = self.kilobytes.get(kind, 0.0) + event["encodedDataLength"] / 1000
