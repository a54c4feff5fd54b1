"""A real Chromium, one for the whole run, and pages without any memory of the test before."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.templatetags.static import static
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from annotator import settings as site
from annotator.platform.accounts.models import User
from tests.browser.served_requests import ServedRequests, count_requests
from tests.template import collected_files
from tests.waiting import LONG_MILLISECONDS
from tools.services import ServiceMissing
from tools.services.chromium import find_headless, use_own_node

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page opens in half of the processor time in a process that has loaded our scripts and fonts before.
    "--process-per-site",
    "--in-process-gpu",
]
VIEWPORT = {"width": 1280, "height": 800}

OpenPage = Callable[..., Page]

expect.set_options(timeout=LONG_MILLISECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests below this folder."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def chromium_path() -> str:
    """Return the path of Chromium, from CHROMIUM_PATH or the usual places; fail without one."""
    try:
        return find_headless()
    except ServiceMissing as error:
        pytest.fail(str(error), pytrace=False)


def with_own_fonts() -> dict[str, str | float | bool]:
    """Return the environment of a browser, with the fonts of the tests where `make test` has prepared them."""
    environment: dict[str, str | float | bool] = {**os.environ}
    fonts = settings.BASE_DIR / ".cache/fonts/dejavu/fonts.conf"
    if fonts.exists():
        environment.setdefault("FONTCONFIG_FILE", str(fonts))
    return environment


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the run."""
    # Playwright's synchronous interface runs an event loop in this thread; Django would refuse the database for that.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    use_own_node()
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=flags, env=with_own_fonts())
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def served_files() -> Iterator[None]:
    """The static files as the site serves them: collected, without comments, under hashed names."""
    with override_settings(STORAGES=site.STORAGES, STATIC_ROOT=collected_files(site.STORAGES)):
        yield


class SharedContext:
    """A browser context for many tests: what one stores, sets or opens is gone before the next one.

    A page of its own, which stays open, keeps the process that draws the pages.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.context = browser.new_context(base_url=url, viewport=VIEWPORT)  # type: ignore[arg-type]
        self.url = url
        self.anchor = self.context.new_page()
        self.anchor.goto(static("css/base.css"))
        self.storage = self.context.new_cdp_session(self.anchor)

    def clean(self) -> bool:
        """Remove what a test has left; return False when something cannot be removed."""
        try:
            for page in self.context.pages:
                if page != self.anchor:
                    page.close()
            self.context.unroute_all()
            self.context.set_offline(False)
            self.context.clear_permissions()
            self.context.clear_cookies()
            self.storage.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": "all"})
            clock_is_real: bool = self.anchor.evaluate("String(setTimeout).includes('native code')")
        except Error:  # the process has crashed
            return False
        return clock_is_real


@pytest.fixture(scope="session")
def served_requests() -> ServedRequests:
    """The requests that the server of the tests answers at the moment."""
    return count_requests()


@pytest.fixture(scope="session")
def shared_contexts(chromium: Browser) -> list[SharedContext]:
    """The shared context of the run, or none when the last test has spoiled it."""
    return []


@pytest.fixture
def shared_context(
    chromium: Browser,
    served_files: None,
    served_requests: ServedRequests,
    transactional_db: None,
    live_server: LiveServer,
    shared_contexts: list[SharedContext],
) -> Iterator[BrowserContext]:
    """The context of tests that do not need one with options of its own."""
    if not shared_contexts:
        shared_contexts.append(SharedContext(chromium, live_server.url))
    [shared] = shared_contexts
    yield shared.context
    if not shared.clean():
        shared_contexts.clear()
        shared.context.close()
    served_requests.wait_until_answered()


@pytest.fixture
def make_context(
    chromium: Browser,
    served_files: None,
    transactional_db: None,
    live_server: LiveServer,
    shared_context: BrowserContext,
) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a context, signed in as a user; options as for `Browser.new_context`.

    The first context of a test, when it has no options, is the shared one.
    """
    unused, own = [shared_context], []

    def make(user: User | None = None, **options: object) -> BrowserContext:
        if unused and not options:
            context = unused.pop()
        else:
            options = {"base_url": live_server.url, "viewport": VIEWPORT} | options
            context = chromium.new_context(**options)  # type: ignore[arg-type]
            own.append(context)
        context.set_default_timeout(LONG_MILLISECONDS)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return context

    yield make
    for context in own:
        context.close()
