"""A real Chromium, one for the whole run, a fresh context for each test."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from annotator import settings as site
from annotator.platform.accounts.models import User
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
]

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


@pytest.fixture
def make_context(
    chromium: Browser, served_files: None, transactional_db: None, live_server: LiveServer
) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a context, signed in as a user; options as for `Browser.new_context`."""
    contexts: list[BrowserContext] = []

    def make(user: User | None = None, **options: object) -> BrowserContext:
        options = {"viewport": {"width": 1280, "height": 800}} | options
        context = chromium.new_context(base_url=live_server.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(LONG_MILLISECONDS)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
