"""Selections follow the boundary rules of the schema, and a trim can be undone."""

import pytest
from playwright.sync_api import expect

from projects.models import Project
from tests.browser.editor.conftest import OpenEditor

TEXT = "Minister Osk's aide said that “the bridge will open.” No."


def test_drag_is_trimmed_and_the_trim_shown(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, marked=False)
    bar = editor.page.locator("#trim-bar")
    editor.page.wait_for_selector("#trim-bar", state="attached")

    editor.drag("that “the bridge will open.”")
    editor.press("1")

    expect(bar).to_contain_text("Trimmed “that “”, “.”” (boundary rule).")
    assert editor.covered() == [("Claim", "the bridge will open")]
    assert editor.page.evaluate("CSS.highlights.get('trimmed').size") == 2


def test_trim_is_undone_by_key_and_button_and_undo_restores_it(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, marked=False)
    editor.page.wait_for_selector("#trim-bar", state="attached")
    editor.drag("Minister Osk's")
    editor.press("2")
    assert editor.covered() == [("Speaker", "Minister Osk")]

    editor.press("K")
    assert editor.covered() == [("Speaker", "Minister Osk's")]
    expect(editor.page.locator("#trim-bar")).to_be_hidden()
    editor.press("Control+z")
    assert editor.covered() == [("Speaker", "Minister Osk")]

    editor.press("Escape")
    editor.drag("No.")
    editor.press("3")
    editor.page.get_by_role("button", name="Undo trim").click()
    assert editor.covered() == [("Speaker", "Minister Osk"), ("Denial", "No.")]


def test_projects_without_snapping_keep_exact_selections(open_editor: OpenEditor, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(snap_to_tokens=False)
    editor = open_editor(TEXT, marked=False)
    editor.drag("the bridge will open.”")
    editor.press("1")

    assert editor.covered() == [("Claim", "the bridge will open.”")]


@pytest.mark.parametrize("width", [1280, 390])
def test_trim_is_undone_by_its_button_while_a_frame_is_open(open_editor: OpenEditor, width: int) -> None:
    editor = open_editor(TEXT, marked=False, viewport={"width": width, "height": 844})
    editor.page.wait_for_selector("#trim-bar", state="attached")
    editor.drag("Minister Osk's")
    editor.press("2")

    expect(editor.page.locator("#claim-frame")).to_be_visible()
    editor.page.get_by_role("button", name="Undo trim").click()

    assert editor.covered() == [("Speaker", "Minister Osk's")]
