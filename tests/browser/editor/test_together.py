"""Several pages or users: readers, the next document, and changes made elsewhere."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from annotator.corpus.spans import lifecycle
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


def test_another_tab_shows_that_the_set_was_submitted_and_reopened(open_editor: OpenEditor) -> None:
    first = open_editor("Torvand denies it.")
    second = EditorPage(first.page.context.new_page(), first.annotation_set).open()

    first.page.get_by_role("button", name="Submit").click()
    expect(second.page.locator("#notices")).to_contain_text("Submitted. Reopen it to make changes.")
    expect(second.page.get_by_role("status")).to_have_text("This annotation set was submitted elsewhere.")
    expect(second.page.get_by_role("button", name="Submit")).to_be_hidden()
    second.press("2")
    assert not first.annotation_set.spans.exists()

    second.page.get_by_role("button", name="Reopen").click()
    expect(first.page.get_by_role("button", name="Submit", exact=True)).to_be_visible()
    expect(first.page.locator("#notices")).not_to_contain_text("Submitted")
    first.text.focus()
    first.press("2")
    assert first.covered() == [("Speaker", "Torvand")]


def test_back_after_submitting_shows_the_state_of_now(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.page.get_by_role("link", name="Annotator: your projects").click()
    expect(editor.page.get_by_role("heading", level=1)).to_be_visible()
    lifecycle.submit(editor.annotation_set, now=timezone.now())

    editor.page.go_back()

    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Submit")).to_be_hidden()


def test_next_document_asks_to_submit_this_one(open_editor: OpenEditor, make_document: Callable[..., Any]) -> None:
    editor = open_editor("Torvand denies it.")
    other = make_document("Another text.")

    editor.page.get_by_role("button", name="Next document").click()
    notice = editor.page.locator("#notices")
    expect(notice).to_contain_text("This document is not submitted.")
    notice.get_by_role("button", name="Go on annotating").click()
    expect(notice).to_be_empty()
    expect(editor.text).to_be_focused()

    editor.press("Control+Shift+Enter")
    notice.get_by_role("button", name="Submit and open next").click()
    expect(editor.page.get_by_role("heading", level=1)).to_have_text(other.title)
    editor.annotation_set.refresh_from_db()
    assert editor.annotation_set.state == "submitted"


def test_submitting_can_be_undone_from_the_next_document(
    open_editor: OpenEditor, make_document: Callable[..., Any]
) -> None:
    editor = open_editor("Torvand denies it.")
    title = editor.page.get_by_role("heading", level=1).inner_text()
    other = make_document("Another text.")
    editor.press("Control+Enter")
    expect(editor.page.get_by_role("button", name="Undo submit")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Next document")).to_be_focused()
    editor.press("Enter")
    expect(editor.page.get_by_role("heading", level=1)).to_have_text(other.title)

    editor.page.get_by_role("button", name="Undo submit").click()

    expect(editor.page.get_by_role("heading", level=1)).to_have_text(title)
    expect(editor.page.get_by_role("button", name="Submit", exact=True)).to_be_visible()
    editor.annotation_set.refresh_from_db()
    assert editor.annotation_set.state == "open"
