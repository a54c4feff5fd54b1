"""A real Chromium is killed again and again under an annotator: what it has stored is sent when it opens again.

Half of the kills come while the server is out of reach, so that all new changes are in the browser's storage only; the
other half come in the middle of saving. The profile stays, as it does on the disk of an annotator. `BROWSER_KILLS`
sets another number than 20.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Response, expect, sync_playwright

from tests.browser.conftest import FLAGS, with_own_fonts
from tests.stores.installation import Installation, command_of, kill
from tests.waiting import LONG_MILLISECONDS, wait_for
from tools.services.chromium import find_chromium, use_own_node

pytestmark = pytest.mark.soak

KILLS = int(os.environ.get("BROWSER_KILLS", "20"))
SPANS_BETWEEN = 4
TEXT = " ".join(f"word{number}" for number in range((KILLS + 2) * SPANS_BETWEEN))
# The ids of the changes in the storage of the browser, whatever set and person they belong to.
STORED = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const opened = indexedDB.open(name);
    const database = await new Promise((resolve) => { opened.onsuccess = () => resolve(opened.result); });
    if (database.objectStoreNames.contains("changes")) {
      const all = database.transaction("changes").objectStore("changes").getAll();
      await new Promise((resolve) => { all.onsuccess = resolve; });
      found.push(...all.result.map(({ change }) => change.id));
    }
    database.close();
  }
  return found;
}"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """A running installation on SQLite."""
    installation = Installation(tmp_path / "var", on_sqlite=True)
    installation.environment["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
    installation.start("serve")
    try:
        wait_for(lambda: "The worker is ready" in installation.log, why=lambda: installation.log)
        yield installation
    finally:
        installation.close()


class Annotator:
    """A person with a profile of Chromium, who signs in whenever the browser has forgotten it."""

    def __init__(self, site: Installation, folder: Path) -> None:
        printed = site.manage("create_user", "lena", "--generate")
        self._password = re.findall(r"Password: (\S+)", printed)[0]
        self._profile = folder / "profile"
        text = folder / "words.txt"
        text.write_text(TEXT)
        site.manage("create_project", "kills", "--lead", "lena")
        site.manage("import_documents", "kills", str(text))
        self.site, self.address = site, f"http://127.0.0.1:{site.port}/projects/kills/work/"
        self.acknowledged: set[str] = set()

    @contextmanager
    def browser(self, playwright: Playwright) -> Iterator[Page]:
        """Yield the editor in a browser that is killed afterwards."""
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        context = playwright.chromium.launch_persistent_context(
            self._profile, executable_path=find_chromium(), args=flags, env=with_own_fonts()
        )
        context.set_default_timeout(LONG_MILLISECONDS)
        page = context.pages[0]
        page.on("response", self._note)
        page.goto(self.address)
        if page.get_by_label("Password").count():
            page.get_by_label("User name").fill("lena")
            page.get_by_label("Password").fill(self._password)
            page.get_by_role("button", name="Sign in").click()
        if self.address.endswith("/work/"):
            page.get_by_role("button", name="Annotate in this project").click()
            page.get_by_role("button", name="Next document").click()
        expect(page.locator("#labels button").first).to_be_visible()
        self.address = page.url
        yield page
        kill_browser(self._profile)

    def _note(self, response: Response) -> None:
        # The body of the answer may be gone already: the browser is killed at any moment.
        sent = response.request.post_data
        if sent and response.request.method == "POST" and response.url.endswith("/changes/") and response.ok:
            self.acknowledged.update(change["id"] for change in json.loads(sent)["changes"])

    def saved(self) -> list[str]:
        """Return the ids of the changes in the log."""
        return [change for (change,) in self.site.rows("SELECT change_id FROM spans_change ORDER BY revision")]

    def has_saved(self, changes: set[str]) -> bool:
        """Return whether all these changes are in the log."""
        return changes <= set(self.saved())


def kill_browser(profile: Path) -> None:
    """Kill all processes of the browser that uses a profile."""
    processes = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    ours = [pid for pid in processes if f"--user-data-dir={profile}" in command_of(pid)]
    assert ours
    for pid in ours:
        kill(pid)


def has_sent_all(page: Page) -> bool:
    """Return whether no change waits in the storage of the browser."""
    return bool(page.evaluate(STORED) == [])


def add_spans(page: Page, *, after: int) -> None:
    """Label the next words by keyboard."""
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    for _ in range(after):
        page.keyboard.press("ArrowRight")
    for _ in range(SPANS_BETWEEN):
        for key in ("2", "Escape", "ArrowRight"):
            page.keyboard.press(key)


def test_changes_of_a_killed_browser_are_sent_when_it_opens_again(site: Installation, tmp_path: Path) -> None:
    annotator = Annotator(site, tmp_path)
    expected: set[str] = set()
    unsent = 0
    use_own_node()
    with sync_playwright() as playwright:
        for number in range(KILLS + 1):
            with annotator.browser(playwright) as page:
                wait_for(partial(annotator.has_saved, expected), why=partial(page.inner_text, "#saving-text"))
                # Changes may have reached the storage between the last look at it and the kill.
                wait_for(partial(has_sent_all, page), why=partial(page.inner_text, "#saving-text"))
                expect(page.locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")
                expect(page.locator("#spans-count")).to_contain_text(str(len(annotator.saved()) or "No spans"))
                if number == KILLS:
                    break
                out_of_reach = number % 2 == 1
                if out_of_reach:
                    page.route("**/changes/**", lambda route: route.abort())
                add_spans(page, after=len(annotator.saved()))
                if out_of_reach:
                    expect(page.locator("#saving-text")).to_contain_text(f"{SPANS_BETWEEN} changes are stored")
                kept = page.evaluate(STORED)
                unsent += len(kept)
            expected = annotator.acknowledged | {*expected, *kept}
    saved = annotator.saved()
    print(f"\n{KILLS} kills: {len(saved)} changes saved, {unsent} of them unsent when the browser was killed")

    assert len(set(saved)) == len(saved) >= unsent >= KILLS // 2 * SPANS_BETWEEN
    assert all(state["same"] for state in site.scene("compare_rows_and_log").values())
