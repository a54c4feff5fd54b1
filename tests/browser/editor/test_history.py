"""Undo after a reload, and restoring a revision on the history page."""

from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor


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

    page = editor.page.context.new_page()
    page.goto(f"/annotation-sets/{editor.annotation_set.pk}/history/")
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.locator("article mark")).to_have_count(0)
    page.get_by_role("link", name="Show revision 1").click()
    expect(page.locator("article mark")).to_have_count(1)
    page.get_by_role("button", name="Restore revision 1").click()
    expect(page.get_by_role("status")).to_contain_text("Restored revision 1")

    editor.page.bring_to_front()
    expect(editor.rows.locator("li")).to_have_count(1)
    assert editor.covered() == [("Speaker", "Torvand")]
