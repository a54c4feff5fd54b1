"""What people do who point, click word by word, and neither drag nor type."""

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor


def test_a_further_part_is_added_by_two_clicks(open_editor: OpenEditor) -> None:
    editor = open_editor("[The bridge](Claim), he said, will open on Friday. Nothing else.")

    editor.click("bridge")
    editor.details.get_by_role("button", name="Add a fragment").click()
    editor.click("will")
    expect(editor.details.get_by_role("button", name="Click its last word")).to_be_visible()
    editor.click("Friday")

    expect(editor.details.locator("[data-part=text]")).to_have_text("The bridge … will open on Friday")
    expect(editor.details.get_by_role("button", name="Add a fragment")).to_be_visible()
    editor.wait_until_saved()
    assert [len(span.fragments or [()]) for span in editor.annotation_set.spans.all()] == [2]


def test_a_part_that_was_begun_is_given_up_by_the_same_button_or_by_another_span(open_editor: OpenEditor) -> None:
    editor = open_editor("[The bridge](Claim), he[Speaker] said, will open on Friday.")

    editor.click("bridge")
    editor.details.get_by_role("button", name="Add a fragment").click()
    editor.click("will")
    editor.details.get_by_role("button", name="Click its last word").click()
    editor.click("Friday")
    editor.click("bridge")
    editor.details.get_by_role("button", name="Add a fragment").click()
    editor.rows.get_by_role("button", name="Speaker").click()
    editor.click("open")
    editor.click("Friday")

    editor.wait_until_saved()
    assert editor.covered() == [("Claim", "The bridge"), ("Speaker", "he")]


@pytest.mark.layout
def test_the_last_word_is_the_one_clicked_even_at_its_very_end(open_editor: OpenEditor) -> None:
    editor = open_editor("Trump‘s claim stands.")

    editor.click("Trump")
    editor.page.get_by_role("button", name="Extend selection to").click()
    box = editor.box("Trump")["last"]
    editor.page.mouse.click(box["right"] - 1, box["top"] + box["height"] / 2)
    editor.page.locator("#labels button[data-label=Speaker]").click()

    editor.wait_until_saved()
    assert editor.covered() == [("Speaker", "Trump")]


def test_a_canonical_name_is_one_click_once_it_was_given(open_editor: OpenEditor) -> None:
    editor = open_editor(
        "Dmitry Peskov spoke. Peskov[Speaker] left. The Kremlin[Speaker] and the Kremlin[Speaker] agree."
    )

    editor.press("Control+Home", "Shift+ArrowRight", "2")
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


def test_choices_of_attributes_have_a_key_each(open_editor: OpenEditor) -> None:
    editor = open_editor("[It rained](Claim).")

    editor.press("n", "N", "E", "d")

    editor.wait_until_saved()
    assert editor.annotation_set.spans.get().attributes == {
        "kind": "evaluation",
        "quote_type": "direct",
        "voice": "narrator",
    }
