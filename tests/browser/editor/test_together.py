"""Several pages or users: readers, the next document, and changes made elsewhere."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, expect

from annotator.platform.accounts.models import User
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage


def test_readers_change_nothing(
    open_editor: OpenEditor, make_context: Callable[..., BrowserContext], lead: User
) -> None:
    own = open_editor("Torvand[Speaker] denies it.")
    editor = EditorPage(make_context(lead).new_page(), own.annotation_set).open()

    expect(editor.page.locator("#notices")).to_contain_text("Read-only")
    editor.press("n", "Delete", "3", "Control+z")

    assert editor.covered() == [("Speaker", "Torvand")]
    expect(editor.page.get_by_role("button", name="Submit")).to_be_hidden()
    expect(editor.details.get_by_role("button", name="Delete this span")).to_be_disabled()


def test_next_document_loses_no_changes(open_editor: OpenEditor, make_document: Callable[..., Any]) -> None:
    editor = open_editor("Torvand denies it.")
    other = make_document("Another text.")
    editor.press("2")
    editor.page.get_by_role("button", name="Submit").click()
    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()

    editor.page.get_by_role("button", name="Next document").click()

    expect(editor.page.get_by_role("heading", level=1)).to_have_text(other.title)
    assert editor.annotation_set.spans.count() == 1


def test_conflict_of_two_pages_can_be_resolved(open_editor: OpenEditor) -> None:
    first = open_editor("She said [it rained](Claim quote_type=indirect voice=speaker kind=fact).")
    second = EditorPage(first.page.context.new_page(), first.annotation_set).open()
    second.page.route("**/changes/**", lambda route: route.abort())
    second.press("n", "d")
    expect(second.page.locator("#saving-text")).to_contain_text("Not saved")

    first.press("n", "m")
    first.wait_until_saved()
    second.page.unroute("**/changes/**")
    notice = second.page.locator("#notices")
    expect(notice).to_contain_text("also changed elsewhere")
    notice.get_by_role("button", name="Make my change").click()

    expect(notice).not_to_contain_text("changed elsewhere")
    assert second.stored()[0]["attributes"]["quote_type"] == "direct"
