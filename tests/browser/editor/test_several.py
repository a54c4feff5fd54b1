"""Several spans at once: selected by key, pointer and touch, relabelled and deleted in one step."""

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor

TEXT = "Ada[Speaker] said [it rained](Claim) and [it may](Hedge) stop."


def test_spans_selected_by_key_are_deleted_in_one_step(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    editor.press("n", "b", "n", "b")
    expect(editor.page.locator("#multiple-count")).to_have_text("2 selected: 1 Speaker, 1 Claim")
    expect(editor.page.locator(".mark-multiple")).to_have_count(2)
    editor.press("Delete")
    assert editor.covered() == [("Hedge", "it may")]
    expect(editor.page.locator("#announcements")).to_contain_text("2 spans deleted")
    editor.press("Control+z")

    assert [label for label, _ in editor.covered()] == ["Speaker", "Claim", "Hedge"]


def test_spans_selected_with_control_are_relabelled(open_editor: OpenEditor) -> None:
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


def test_touch_selects_and_relabels_several_spans(open_editor: OpenEditor) -> None:
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


def test_all_listed_spans_can_be_selected(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    expect(editor.rows.locator("li")).to_have_count(3)
    expect(editor.page.get_by_label("Show spans that contain")).to_be_hidden()  # a short list needs no filter
    editor = open_editor(TEXT + " Ben[Speaker] and Cleo[Speaker] told Di[Speaker].")

    editor.page.get_by_label("Show spans that contain").fill("IT")
    expect(editor.rows.locator("li")).to_have_count(2)
    expect(editor.page.locator("#spans-count")).to_have_text("2 on screen, 6 spans in the document")
    editor.page.get_by_role("button", name="Select multiple").click()
    editor.page.get_by_role("button", name="Select all listed").click()
    editor.page.get_by_role("button", name="Delete spans").click()

    assert editor.covered() == [("Speaker", name) for name in ("Ada", "Ben", "Cleo", "Di")]


def test_two_clicks_select_text_without_keys(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies the secret ferry deal.")

    editor.click("secret")
    editor.page.get_by_role("button", name="Extend selection to").click()
    editor.click("deal")
    expect(editor.page.get_by_role("button", name="Extend selection to")).to_have_attribute("aria-pressed", "false")
    editor.page.get_by_role("group", name="Labels", exact=True).get_by_role("button", name="Claim").click()

    assert editor.covered() == [("Claim", "secret ferry deal")]


@pytest.mark.layout
def test_boundaries_are_dragged_to_other_words(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies the [secret](Claim) ferry deal.")
    editor.press("n")
    for side, word, words in (("end", "deal", "secret ferry deal"), ("start", "the", "the secret ferry deal")):
        handle = editor.page.locator(f".mark-handle[data-boundary={side}]").bounding_box()
        goal = editor.box(word)["first"]
        assert handle
        editor.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        editor.page.mouse.down()
        editor.page.mouse.move(goal["x"] + goal["width"] / 2, goal["bottom"] + 8, steps=4)
        editor.page.mouse.up()
        assert editor.covered() == [("Claim", words)]

    editor.press("Control+z", "Control+z")
    assert editor.covered() == [("Claim", "secret")]


def test_text_dragged_with_control_becomes_a_fragment(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("“[The bridge](Claim),” Brandt said, “will open on Friday.”")

    editor.press("n")
    editor.page.keyboard.down("Control")
    editor.drag("will open on Friday")
    editor.page.keyboard.up("Control")

    assert editor.stored()[0]["text"] == ["The bridge", "will open on Friday"]
    expect(editor.page.locator("svg.lanes path.join")).to_have_count(1)
