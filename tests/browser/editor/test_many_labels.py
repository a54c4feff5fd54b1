"""Schemas with many labels, choices or relations, and long names: each is found by typing, the text keeps its room."""

from functools import partial
from operator import le

import pytest
from playwright.sync_api import expect

from projects.models import SchemaVersion
from tests.browser.editor.conftest import OpenEditor
from tests.browser.polling import expect_value

# How much of the height of the window shows the text.
SHARE_OF_TEXT = """() => {
  const { top, bottom } = document.querySelector("#text-pane").getBoundingClientRect();
  return (Math.min(innerHeight, bottom) - Math.max(0, top)) / innerHeight;
}"""
SCREENS = ((1366, 650, 0.6), (390, 844, 0.5))


def define_labels(names: list[str]) -> None:
    version = SchemaVersion.objects.get()
    version.definition = {"labels": [{"id": f"l-{number}", "name": name} for number, name in enumerate(names)]}
    version.save(update_fields=["definition"])


@pytest.mark.layout
def test_each_of_250_labels_takes_four_keys_and_the_text_keeps_its_room(open_editor: OpenEditor) -> None:
    define_labels([f"Label {number}" for number in range(250)])
    editor = open_editor("Osk denies the secret deal.\n" * 40, marked=False)
    page = editor.page
    for number in (1, 9, 40, 249):
        editor.press("0")
        words = page.get_by_role("searchbox", name="Name, or the two letters shown")
        expect(words).to_be_focused()
        words.fill(f"Label {number}")
        row = page.get_by_role("dialog").get_by_role("button").filter(has_text=f"Label {number}").first
        code = row.locator("kbd").last.inner_text()
        words.fill("")
        editor.press("Escape")
        expect(editor.text).to_be_focused()
        editor.press("0")
        expect(words).to_be_focused()
        editor.press(*code, "Enter")
        expect(editor.text).to_be_focused()
        editor.press("Escape", "ArrowRight")

    assert editor.covered() == [("l-1", "Osk"), ("l-9", "denies"), ("l-40", "the"), ("l-249", "secret")]
    for width, height, least in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        # The panel closes once the page has noticed that it is narrow.
        expect_value(page, partial(page.evaluate, SHARE_OF_TEXT), partial(le, least))


@pytest.mark.layout
def test_sixty_long_names_leave_the_text_its_room(open_editor: OpenEditor) -> None:
    define_labels([f"Label {number} whose name is long ".ljust(20 + number, "x") for number in range(60)])
    editor = open_editor("Osk denies the secret deal.\n" * 40, marked=False)
    page = editor.page

    for width, height, least in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        expect_value(page, partial(page.evaluate, SHARE_OF_TEXT), partial(le, least))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The small bar beside a selection opens and leads to all labels.
    page.set_viewport_size({"width": 1366, "height": 650})
    editor.drag("secret")
    popover = page.locator("#popover")
    expect(popover.get_by_role("button", name="Label 0 whose")).to_be_in_viewport()
    popover.get_by_role("button", name="All 60 labels").click()
    page.get_by_role("searchbox", name="Name, or the two letters shown").fill("label 59")
    editor.press("Enter")

    assert editor.covered() == [("l-59", "secret")]
    expect(editor.text).to_be_focused()


@pytest.mark.layout
def test_each_of_2000_labels_is_found_by_typing(open_editor: OpenEditor) -> None:
    define_labels([f"Label {number}" for number in range(2_000)])
    editor = open_editor("Osk denies the secret deal.\n" * 40, marked=False)
    page = editor.page
    words = page.get_by_role("searchbox", name="Name, or the two letters shown")

    for number in (1, 900, 1_999):
        editor.press("0")
        expect(words).to_be_focused()
        words.fill(f"label {number}")
        row = page.get_by_role("dialog").locator("li", has_text=f"Label {number}").first
        code = row.locator("kbd").last.inner_text()
        words.fill("")
        editor.press(*code, "Enter", "Escape", "ArrowRight")
    # The label used last is the first of the list.
    editor.press("0")
    expect(words).to_be_focused()
    editor.press("Enter")

    assert editor.covered() == [("l-1", "Osk"), ("l-900", "denies"), ("l-1999", "the"), ("l-1999", "secret")]
    for width, height, least in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        expect_value(page, partial(page.evaluate, SHARE_OF_TEXT), partial(le, least))


@pytest.mark.layout
def test_one_of_100_choices_and_of_30_relations_is_found_by_typing(open_editor: OpenEditor) -> None:
    version = SchemaVersion.objects.get()
    choices = [{"id": f"c-{number}", "name": f"Choice {number}"} for number in range(100)]
    version.definition = {
        "labels": [{"id": "Claim", "attributes": [{"id": "topic", "name": "Topic", "choices": choices}]}],
        "relations": [{"id": f"r-{number}", "name": f"Relation {number}"} for number in range(30)],
    }
    version.save(update_fields=["definition"])
    editor = open_editor("Osk[Claim] denies [the deal](Claim).")
    page = editor.page
    editor.click("Osk")
    topic = editor.details.get_by_label("Topic")
    expect(topic).to_have_count(1)
    expect(topic).to_be_in_viewport()
    # The boundaries and the other parts are in reach without scrolling over all choices.
    height = "element => element.scrollHeight / element.clientHeight"
    assert editor.details.evaluate(height) < 3

    editor.press(topic.get_attribute("aria-keyshortcuts") or "")
    expect(topic).to_be_focused()
    page.keyboard.type("choice 77")
    editor.press("Enter")
    expect(editor.text).to_be_focused()
    assert editor.stored()[0]["attributes"] == {"topic": "c-77"}
    # What fits no choice is refused with a reason, and the value stays.
    editor.press(topic.get_attribute("aria-keyshortcuts") or "")
    topic.fill("choice 7x")
    editor.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("has no choice “choice 7x”")
    assert editor.stored()[0]["attributes"] == {"topic": "c-77"}
