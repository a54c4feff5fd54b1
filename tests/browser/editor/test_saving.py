"""No work is lost when pages close or crash, connections fail, or sessions end."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Route, expect

from annotator.corpus.spans import services
from annotator.corpus.spans.changes import parse_changes
from tests.browser.conftest import VIEWPORT
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage

# Whether the outboxes of this browser contain that many changes.
DRAFTS_KEPT = """async (wanted) => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  let found = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    if (database.objectStoreNames.contains("changes")) {
      found += await done(database.transaction("changes").objectStore("changes").count());
    }
    database.close();
  }
  return found >= wanted;
}"""
TEN_WORDS = "One two three four five six seven eight nine ten."


def _saving(editor: EditorPage) -> Any:
    return expect(editor.page.locator("#saving-text"))


def _label_every_word(editor: EditorPage) -> None:
    for _ in range(10):
        editor.press("1", "Escape", "ArrowRight")


def _refuse_to_send(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def _open_another_page(editor: EditorPage) -> EditorPage:
    return EditorPage(editor.page.context.new_page(), editor.annotation_set).open()


def test_closed_page_loses_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor(TEN_WORDS)
    _label_every_word(editor)
    editor.page.close()

    again = _open_another_page(editor)
    expect(again.rows.locator("li")).to_have_count(10)
    assert [text for _, text in again.covered()] == TEN_WORDS.rstrip(".").split()


def test_crashed_page_loses_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor(TEN_WORDS, viewport=VIEWPORT)  # a context of its own, because its process crashes
    editor.page.route("**/changes/**", _refuse_to_send)
    _label_every_word(editor)
    _saving(editor).to_contain_text("10 changes are stored in this browser")
    _crash(editor, kept=10)

    again = _open_another_page(editor)
    expect(again.rows.locator("li")).to_have_count(10)
    assert len(again.covered()) == 10


def _crash(editor: EditorPage, *, kept: int) -> None:
    """Kill the process of the page without any clean-up, once so many changes are on the disk.

    The browser writes them a few milliseconds after the key, so as not to hold it up.
    """
    editor.page.wait_for_function(DRAFTS_KEPT, arg=kept)
    with editor.page.expect_event("crash"), pytest.raises(Error):
        editor.page.goto("chrome://crash")
    editor.page.close()


def test_unsent_changes_outlive_several_pages(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.", viewport=VIEWPORT)
    context = editor.page.context
    context.route("**/changes/**", _refuse_to_send)
    editor.press("2")
    for _ in range(2):
        _saving(editor).to_contain_text("1 change is stored in this browser")
        _crash(editor, kept=1)
        editor = _open_another_page(editor)
    _saving(editor).to_contain_text("1 change is stored in this browser")
    _crash(editor, kept=1)
    context.unroute("**/changes/**")

    again = _open_another_page(editor)
    expect(again.rows.locator("li")).to_have_count(1)
    assert again.covered() == [("Speaker", "Torvand")]


def test_changes_made_while_signed_out_are_sent_later(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    context = editor.page.context
    cookies = context.cookies()
    context.clear_cookies()
    editor.press("2")
    _saving(editor).to_contain_text("signed out", ignore_case=True)
    assert not editor.annotation_set.spans.exists()

    context.add_cookies(cookies)  # type: ignore[arg-type]
    editor.page.evaluate("dispatchEvent(new Event('focus'))")

    assert editor.covered() == [("Speaker", "Torvand")]


def test_unsent_changes_join_changes_made_elsewhere(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.page.context.set_offline(True)
    editor.press("2")
    _saving(editor).to_contain_text("1 change is stored in this browser")
    span = {"id": "elsewhere", "label": "Denial", "fragments": [[8, 14]]}
    annotation_set = editor.annotation_set
    assert annotation_set.annotator
    services.apply_changes(
        annotation_set,
        parse_changes([{"id": str(uuid4()), "kind": "add_span", "span": span}]),
        base_revision=0,
        sha256=annotation_set.document.sha256,
        author=annotation_set.annotator,
        now=timezone.now(),
    )
    editor.page.context.set_offline(False)

    expect(editor.rows.locator("li")).to_have_count(2)
    assert editor.covered() == [("Speaker", "Torvand"), ("Denial", "denies")]
