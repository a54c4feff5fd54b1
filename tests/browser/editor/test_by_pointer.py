"""Work by clicks only, without dragging or typing."""

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor


def test_fragment_is_added_by_two_clicks(open_editor: OpenEditor) -> None:
    editor = open_editor("[The bridge](Claim), he said, will open on Friday. Nothing else.")

    editor.click("bridge")
    editor.details.get_by_role("button", name="Add fragment").click()
    editor.click("will")
    expect(editor.details.get_by_role("button", name="Click its last word")).to_be_visible()
    editor.click("Friday")

    expect(editor.details.locator("[data-part=text]")).to_have_text("The bridge … will open on Friday")
    expect(editor.details.get_by_role("button", name="Add fragment")).to_be_visible()
    editor.wait_until_saved()
    assert [len(span.fragments or [()]) for span in editor.annotation_set.spans.all()] == [2]


def test_adding_a_fragment_can_be_cancelled(open_editor: OpenEditor) -> None:
    editor = open_editor("[The bridge](Claim), he[Speaker] said, will open on Friday.")

    editor.click("bridge")
    editor.details.get_by_role("button", name="Add fragment").click()
    editor.click("will")
    editor.details.get_by_role("button", name="Click its last word").click()
    editor.click("Friday")
    editor.click("bridge")
    editor.details.get_by_role("button", name="Add fragment").click()
    editor.rows.get_by_role("button", name="Speaker").click()
    editor.click("open")
    editor.click("Friday")

    editor.wait_until_saved()
    assert editor.covered() == [("Claim", "The bridge"), ("Speaker", "he")]


@pytest.mark.layout
def test_last_word_is_the_clicked_one(open_editor: OpenEditor) -> None:
    editor = open_editor("Trump‘s claim stands.")

    editor.click("Trump")
    editor.page.get_by_role("button", name="Extend selection to").click()
    box = editor.box("Trump")["last"]
    editor.page.mouse.click(box["right"] - 1, box["top"] + box["height"] / 2)
    editor.page.locator("#labels button[data-label=Speaker]").click()

    editor.wait_until_saved()
    assert editor.covered() == [("Speaker", "Trump")]


def test_canonical_name_is_suggested(open_editor: OpenEditor) -> None:
    editor = open_editor(
        "Dmitry Peskov spoke. Peskov[Speaker] left. The Kremlin[Speaker] and the Kremlin[Speaker] agree."
    )

    editor.press("Control+Home", "Shift+ArrowRight", "Shift+ArrowRight", "2")
    editor.details.get_by_role("button", name="Dmitry Peskov", exact=True).click()
    expect(editor.page.get_by_label("Canonical name")).to_have_value("Dmitry Peskov")
    editor.click("Peskov", 1)
    editor.details.get_by_role("group", name="Suggestions").get_by_text("Dmitry Peskov").click()
    editor.click("Kremlin")
    editor.press("C")
    editor.page.keyboard.type("Russia")
    editor.press("Enter")
    expect(editor.text).to_be_focused()
    editor.click("Kremlin", 1)
    editor.details.get_by_role("group", name="Suggestions").get_by_text("Russia").click()

    editor.wait_until_saved()
    names = [span.attributes.get("canonical") for span in editor.annotation_set.spans.order_by("start")]
    assert names == ["Dmitry Peskov", "Dmitry Peskov", "Russia", "Russia"]


def test_attribute_choices_have_keys(open_editor: OpenEditor) -> None:
    editor = open_editor("[It rained](Claim).")

    editor.press("n", "N", "E", "d")

    editor.wait_until_saved()
    assert editor.annotation_set.spans.get().attributes == {
        "kind": "evaluation",
        "quote_type": "direct",
        "voice": "narrator",
    }
