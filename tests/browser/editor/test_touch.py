"""Work on a tablet, by touch only."""

from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage

TEXT = "Minister Torvand denies that the ferry was late. Nobody saw it."


def _tap(editor: EditorPage, words: str) -> None:
    box = editor.box(words)["first"]
    editor.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def _select(editor: EditorPage, first: str, last: str) -> None:
    _tap(editor, first)
    editor.page.get_by_role("button", name="Extend selection to …").tap()
    _tap(editor, last)


def test_touch_labels_moves_relates_and_deletes(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, marked=False, has_touch=True, is_mobile=True, viewport={"width": 820, "height": 1180})
    page = editor.page
    _select(editor, "Minister", "Torvand")
    page.locator("#popover").get_by_role("button", name="Speaker").tap()
    _select(editor, "ferry", "was")
    page.locator("#popover").get_by_role("button", name="Claim").tap()
    assert editor.covered() == [("Speaker", "Minister Torvand"), ("Claim", "ferry was")]

    _tap(editor, "ferry")
    page.get_by_role("button", name="Selected", exact=True).tap()
    editor.details.get_by_role("button", name="Move the end one word later").tap()
    editor.details.get_by_role("button", name="Move the start one word earlier").tap()
    assert editor.covered()[1] == ("Claim", "the ferry was late")

    editor.details.get_by_role("button", name="attributed to").tap()
    _tap(editor, "Torvand")
    expect(editor.details.locator(".relations li")).to_contain_text("attributed to: Minister Torvand")
    editor.wait_until_saved()
    assert editor.annotation_set.relations.count() == 1

    editor.details.get_by_role("button", name="Delete this span").tap()
    assert editor.covered() == [("Speaker", "Minister Torvand")]
    page.get_by_role("button", name="Undo", exact=True).tap()
    assert editor.covered()[1] == ("Claim", "the ferry was late")
    assert editor.annotation_set.relations.count() == 1
    assert editor.errors == []
