"""A server that is killed under open pages and started again: every change arrives once."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stores.installation import Installation, descendants, kill
from tests.waiting import LONG_MILLISECONDS, wait_for

TEXT = "One two three four five six seven eight nine ten."


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """A separate installation."""
    installation = Installation(tmp_path / "var")
    installation.environment["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
    try:
        yield installation
    finally:
        installation.close()


def _serve(site: Installation) -> int:
    """Start the site and return its process."""
    ready = site.log.count("The worker is ready") if (site.folder / "log").exists() else 0
    process: Popen[bytes] = site.start("serve")
    wait_for(lambda: site.log.count("The worker is ready") > ready, why=lambda: site.log)
    return process.pid


def _kill_all(pid: int) -> None:
    """Kill supervisor, web server and worker at once, as a power cut does."""
    for process in [pid, *descendants(pid)]:
        kill(process)


def _begin(site: Installation, page: Page, folder: Path) -> None:
    printed = site.manage("create_user", "lena", "--generate")
    password = re.search(r"Password: (\S+)", printed)
    assert password, printed
    site.manage("create_project", "cuts", "--lead", "lena")
    text = folder / "count.txt"
    text.write_text(TEXT)
    site.manage("import_documents", "cuts", str(text))
    page.goto(f"http://127.0.0.1:{site.port}/projects/cuts/work/")
    page.get_by_label("User name").fill("lena")
    page.get_by_label("Password").fill(password[1])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Annotate in this project").click()
    page.get_by_role("button", name="Next document").click()
    expect(page.locator("#labels button").first).to_be_visible()


def _label(page: Page, *, first: int, count: int) -> None:
    page.bring_to_front()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    for _ in range(first):
        page.keyboard.press("ArrowRight")
    for _ in range(count):
        for key in ("2", "Escape", "ArrowRight"):
            page.keyboard.press(key)


def test_restarted_server_gets_every_change_of_two_pages_once(
    site: Installation, chromium: Browser, tmp_path: Path
) -> None:
    context = chromium.new_context()
    context.set_default_timeout(LONG_MILLISECONDS)
    server = _serve(site)
    first = context.new_page()
    _begin(site, first, tmp_path)
    second = context.new_page()
    second.goto(first.url)
    expect(second.locator("#labels button").first).to_be_visible()
    _label(first, first=0, count=2)
    expect(first.locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")

    _kill_all(server)
    _label(first, first=2, count=4)
    _label(second, first=6, count=4)
    for page in (first, second):
        expect(page.locator("#saving-text")).to_contain_text("4 changes are stored")
    _serve(site)

    for page in (first, second):
        page.bring_to_front()
        expect(page.locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")
        expect(page.locator("#spans-count")).to_contain_text("10")
    spans = site.rows('SELECT start, "end" FROM spans_span ORDER BY start')
    assert [TEXT[start:end] for start, end in spans] == TEXT.rstrip(".").split()
    kinds = site.rows("SELECT kind, payload FROM spans_change ORDER BY revision")
    assert [kind for kind, _ in kinds] == ["add_span"] * 10, json.dumps([str(row) for row in kinds])
    context.close()
