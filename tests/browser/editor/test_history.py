"""Undo after a reload, and restoring a revision on the history page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage


def test_undo_and_redo_work_after_a_reload(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.press("2", "Escape", "ArrowRight", "3")
    assert editor.covered() == [("Speaker", "Torvand"), ("Denial", "denies")]

    editor.open()
    undo = editor.page.get_by_role("button", name="Undo")
    expect(undo).to_have_attribute("aria-disabled", "false")
    editor.press("Control+z")
    assert editor.covered() == [("Speaker", "Torvand")]
    editor.open()
    expect(editor.page.get_by_role("button", name="Redo")).to_have_attribute("aria-disabled", "false")
    editor.press("Control+y")
    assert editor.covered() == [("Speaker", "Torvand"), ("Denial", "denies")]


def test_earlier_revision_is_restored_under_an_open_editor(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.press("2")
    editor.wait_until_saved()
    editor.press("Delete")
    assert editor.covered() == []

    restore_first_revision(editor)

    editor.page.bring_to_front()
    expect(editor.rows.locator("li")).to_have_count(1)
    assert editor.covered() == [("Speaker", "Torvand")]


@pytest.mark.parametrize("is_open", [True, False], ids=["editor stays open", "editor is opened again"])
def test_a_restore_is_undone_by_key(open_editor: OpenEditor, *, is_open: bool) -> None:
    editor = open_editor("Torvand denies it.")
    editor.press("2")
    editor.wait_until_saved()
    editor.press("Delete", "ArrowRight", "3")
    assert editor.covered() == [("Denial", "denies")]
    other = EditorPage(editor.page.context.new_page(), editor.annotation_set).open()
    other.press("End", "ArrowLeft", "1")  # in another tab, just before
    other.wait_until_saved()
    before = other.covered()
    restore_first_revision(other)
    if is_open:
        editor.page.bring_to_front()
        expect(editor.rows.locator("li")).to_have_text([re.compile("Speaker.*Torvand")])
        editor.text.focus()
    else:
        editor.open()
    expect(editor.page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "false")

    editor.press("Control+z")

    expect(editor.rows.locator("li")).to_have_count(len(before))
    assert editor.covered() == before
    editor.press("Control+y")
    assert editor.covered() == [("Speaker", "Torvand")]


def restore_first_revision(editor: EditorPage) -> None:
    """Restore the first revision on the history page, in another tab."""
    page = editor.page.context.new_page()
    page.goto(f"/annotation-sets/{editor.annotation_set.pk}/history/")
    page.get_by_role("link", name="Show revision 1", exact=True).click()
    expect(page.locator("article mark")).to_have_count(1)
    page.get_by_role("button", name="Restore revision 1").click()
    expect(page.get_by_role("status")).to_contain_text("Restored revision 1")
