"""The same set on two devices, which only share the server."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from annotator.platform.accounts.models import User
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.polling import expect_value, note_requests, requests_of


@pytest.fixture
def open_elsewhere(make_context: Callable[..., BrowserContext], ada: User) -> Callable[[EditorPage], EditorPage]:
    """Return a function that opens the set of a page on another device of the same person."""

    def open_again(editor: EditorPage) -> EditorPage:
        return EditorPage(make_context(ada).new_page(), editor.annotation_set).open()

    return open_again


def test_each_device_shows_changes_of_the_other(
    open_editor: OpenEditor, open_elsewhere: Callable[[EditorPage], EditorPage]
) -> None:
    first = open_editor("Torvand denies it.")
    second = open_elsewhere(first)
    expect(second.rows.locator("li")).to_have_count(0)

    first.press("2")
    first.wait_until_saved()
    expect(second.rows.locator("li")).to_have_count(1)
    second.press("n", "Delete")
    second.wait_until_saved()
    expect(first.rows.locator("li")).to_have_count(0)


def test_two_devices_agree_on_a_changed_span(
    open_editor: OpenEditor, open_elsewhere: Callable[[EditorPage], EditorPage]
) -> None:
    first = open_editor("She said [it rained](Claim quote_type=indirect voice=speaker kind=fact).")
    second = open_elsewhere(first)
    first.page.context.set_offline(True)
    first.press("n", "d", ".")
    second.press("n", "m")
    second.wait_until_saved()
    first.page.context.set_offline(False)

    notice = first.page.locator("#notices")
    expect(notice).to_contain_text("you set Direct")
    expect(notice).to_contain_text("Elsewhere it was set to Mixed")
    notice.get_by_role("button", name="Make my change").click()
    [stored] = first.stored()
    assert stored["attributes"]["quote_type"] == "direct"
    second.press("n")
    expect(second.details.locator("input:checked").first).to_have_value("direct")


def test_unused_page_sends_few_requests(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.page.clock.install()
    note_requests(editor.page)
    editor.page.reload()
    editor.wait_until_saved()
    editor.page.clock.pause_at(timezone.now() + timedelta(minutes=1))  # or the clock would also go on by itself
    paused = editor.page.evaluate("Date.now()")

    def later_requests() -> list[int]:
        editor.page.clock.run_for(100)
        return [at for at, _ in requests_of(editor.page, "changes/?since") if at > paused]

    def is_rare(times: list[int]) -> bool:
        pauses = [later - earlier for earlier, later in pairwise(times)]
        return len(pauses) >= 3 and min(pauses[-3:]) >= 1_500  # the first requests belong to opening

    expect_value(editor.page, later_requests, is_rare)
    expect(editor.page.locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")
