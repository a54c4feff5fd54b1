"""Several spans at once: chosen by key, by pointer and by touch, relabelled and deleted in one step."""

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor

TEXT = "Ada[Speaker] said [it rained](Claim) and [it may](Hedge) stop."


def test_spans_chosen_by_key_are_deleted_in_one_step_that_one_undo_takes_back(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    editor.press("n", "b", "n", "b")
    expect(editor.page.locator("#multiple-count")).to_have_text("2 selected: 1 Speaker, 1 Claim")
    expect(editor.page.locator(".mark-multiple")).to_have_count(2)
    editor.press("Delete")
    assert editor.covered() == [("Hedge", "it may")]
    expect(editor.page.locator("#announcements")).to_contain_text("2 spans deleted")
    editor.press("Control+z")

    assert [label for label, _ in editor.covered()] == ["Speaker", "Claim", "Hedge"]


def test_spans_chosen_with_control_are_relabelled_together_by_the_key_of_a_label(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    editor.page.keyboard.down("Control")
    editor.click("rained")
    editor.click("may")
    editor.page.keyboard.up("Control")
    expect(editor.page.locator("#multiple-count")).to_contain_text("2 selected")
    editor.press("3")

    assert editor.covered() == [("Speaker", "Ada"), ("Denial", "it rained"), ("Denial", "it may")]
    editor.press("Escape")
    expect(editor.page.locator("#multiple")).to_be_hidden()


def test_fingers_choose_in_the_list_and_in_the_text_and_relabel_from_a_menu(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, has_touch=True, viewport={"width": 820, "height": 1180})
    editor.page.get_by_role("button", name="Spans", exact=True).tap()
    editor.page.get_by_role("button", name="Select multiple").tap()

    editor.rows.get_by_role("button", name="Ada").tap()
    editor.rows.get_by_role("button", name="it rained").tap()
    expect(editor.rows.locator("[aria-pressed=true]")).to_have_count(2)
    editor.page.get_by_label("Relabel the selected spans").select_option("Hedge")

    assert [label for label, _ in editor.covered()] == ["Hedge", "Hedge", "Hedge"]
    editor.page.get_by_role("button", name="Select multiple").tap()
    expect(editor.rows.locator("[aria-pressed]")).to_have_count(0)


def test_all_that_the_filters_let_through_can_be_chosen(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    editor.page.get_by_label("Show spans that contain").fill("IT")
    expect(editor.rows.locator("li")).to_have_count(2)
    expect(editor.page.locator("#spans-count")).to_have_text("2 on screen, 3 spans in the document")
    editor.page.get_by_role("button", name="Select multiple").click()
    editor.page.get_by_role("button", name="Select all listed").click()
    editor.page.get_by_role("button", name="Delete spans").click()

    assert editor.covered() == [("Speaker", "Ada")]


def test_a_word_and_a_word_are_selected_by_two_clicks_without_any_key(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies the secret ferry deal.")

    editor.click("secret")
    editor.page.get_by_role("button", name="Extend selection to").click()
    editor.click("deal")
    expect(editor.page.get_by_role("button", name="Extend selection to")).to_have_attribute("aria-pressed", "false")
    editor.page.get_by_role("group", name="Labels", exact=True).get_by_role("button", name="Claim").click()

    assert editor.covered() == [("Claim", "secret ferry deal")]


@pytest.mark.layout
def test_an_end_of_the_selected_span_is_dragged_to_another_word(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies the [secret](Claim) ferry deal.")
    editor.press("n")
    handle = editor.page.locator(".mark-handle[data-boundary=end]").bounding_box()
    goal = editor.box("deal")["first"]
    assert handle

    editor.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    editor.page.mouse.down()
    editor.page.mouse.move(goal["x"] + goal["width"] / 2, goal["bottom"] + 8, steps=4)
    editor.page.mouse.up()

    assert editor.covered() == [("Claim", "secret ferry deal")]
    editor.press("Control+z")
    assert editor.covered() == [("Claim", "secret")]


def test_text_dragged_with_control_becomes_a_part_and_the_parts_are_joined_by_a_thin_line(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("“[The bridge](Claim),” Brandt said, “will open on Friday.”")

    editor.press("n")
    editor.page.keyboard.down("Control")
    editor.drag("will open on Friday")
    editor.page.keyboard.up("Control")

    assert editor.stored()[0]["text"] == ["The bridge", "will open on Friday"]
    expect(editor.page.locator("svg.lanes path.join")).to_have_count(1)
