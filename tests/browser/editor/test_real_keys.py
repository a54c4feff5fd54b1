"""Keys as browsers send them on layouts of several scripts: `key` and `code` differ, and modifiers are real.

Chromium takes the events from `Input.dispatchKeyEvent` of its debugging protocol: what a physical key (`code`) types
(`key`) on a layout, with a bit for each modifier. The page sees them like events of a keyboard.
"""

from dataclasses import dataclass
from itertools import zip_longest

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.polling import expect_value

ALT, CONTROL, META, SHIFT = 1, 2, 4, 8
TEXT = "Torvand denies the secret ferry deal, and Osk objects.\n\nShe said that nobody called."


@dataclass(frozen=True)
class Key:
    """One key press: what it types, where it is on the keyboard, and the modifiers held."""

    key: str
    code: str
    modifiers: int = 0


LABEL_KEYS = {
    "Latin": Key("1", "Digit1"),
    "French": Key("&", "Digit1"),
    "Czech": Key("+", "Digit1"),
    "Persian": Key("۱", "Digit1"),
    "input method": Key("Process", "Digit1"),
}
UNDO_KEYS = {
    "Latin": Key("z", "KeyZ", CONTROL),
    "German": Key("z", "KeyY", CONTROL),
    "Russian": Key("я", "KeyZ", CONTROL),
    "Greek": Key("ζ", "KeyZ", CONTROL),
    "Arabic": Key("ئ", "KeyZ", CONTROL),
    "Command": Key("я", "KeyZ", META),
}
# What each layout types for the same commands: the end to the next clause and back, start and end by one word.
BOUNDARY_KEYS = {
    "Latin": ("j", "J", "<", "."),
    "Russian": ("о", "О", "Б", "ю"),
    "Greek": ("ξ", "Ξ", "<", "."),
    "Arabic": ("ت", "ـ", "<", "ز"),
}
LEFT_TO_THE_BROWSER = [
    Key("1", "Digit1", CONTROL),
    Key("1", "Digit1", META),
    Key("2", "Digit2", ALT),
    Key("!", "Digit1", SHIFT),
    Key("&", "Digit1", CONTROL),
    Key("с", "KeyC", CONTROL),
    Key("о", "KeyJ", CONTROL),
    Key("ц", "KeyW", CONTROL),
    Key("ü", "BracketLeft", CONTROL),
]


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def press(self, *keys: Key) -> None:
        for key in keys:
            event = {"key": key.key, "code": key.code, "modifiers": key.modifiers}
            self.session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event})
            self.session.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
        self.page.evaluate("1")


def expect_rows(editor: EditorPage, rows: list[str], layout: object) -> None:
    """Wait until the list has these spans; the layout explains a failure."""
    editor.wait_until_quiet()
    expect(editor.rows.locator("li .row-text"), str(layout)).to_have_text(rows, use_inner_text=True)


def test_labels_and_undo_work_on_every_layout(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    keyboard = Keyboard(editor.page)
    editor.click("Torvand")

    for label, undo in zip_longest(LABEL_KEYS.values(), UNDO_KEYS.values(), fillvalue=Key("1", "Numpad1")):
        keyboard.press(label)
        expect_rows(editor, ["Claim Torvand"], label)
        keyboard.press(undo)
        expect_rows(editor, [], undo)


def test_boundaries_move_on_every_layout(open_editor: OpenEditor) -> None:
    editor = open_editor(f"Torvand [denies](Claim) {TEXT.removeprefix('Torvand denies ')}")
    keyboard = Keyboard(editor.page)
    editor.click("denies")

    for name, (later, earlier, start, end) in BOUNDARY_KEYS.items():
        keyboard.press(Key(later, "KeyJ"))
        expect_rows(editor, ["Claim denies the secret ferry deal"], name)
        keyboard.press(Key(start, "Comma", SHIFT))
        expect_rows(editor, ["Claim Torvand denies the secret ferry deal"], name)
        keyboard.press(*[Key(end, "Period")] * 3, Key(earlier, "KeyJ", SHIFT))
        expect_rows(editor, ["Claim Torvand denies the secret ferry deal"], name)
        editor.press("Control+z", "Control+z", "Control+z", "Control+z", "Control+z", "Control+z")
        expect_rows(editor, ["Claim denies"], name)


def test_keys_with_modifiers_are_left_to_the_browser(open_editor: OpenEditor) -> None:
    editor = open_editor("[it rained](Claim) denies the secret ferry deal.")
    keyboard = Keyboard(editor.page)

    editor.wait_until_quiet()
    for word in ["rained", "secret"]:
        editor.click(word)
        for key in LEFT_TO_THE_BROWSER:
            keyboard.press(key)
            expect_rows(editor, ["Claim it rained"], key)
            expect(editor.text).to_be_focused()


def test_shift_and_a_foreign_letter_set_an_attribute(open_editor: OpenEditor) -> None:
    editor = open_editor("[osk](Speaker) denies the secret ferry deal.")
    keyboard = Keyboard(editor.page)

    editor.click("osk")
    for cyrillic in [Key("З", "KeyP", SHIFT), Key("Ш", "KeyI", SHIFT), Key("З", "KeyP", SHIFT)]:
        keyboard.press(cyrillic)
        kind = {"KeyP": "person", "KeyI": "institution"}[cyrillic.code]
        assert editor.stored()[0]["attributes"]["kind"] == kind


@pytest.mark.layout
def test_whole_document_can_be_selected_and_dragged_over(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    editor.click("Osk")

    Keyboard(editor.page).press(Key("ф", "KeyA", CONTROL))
    selected = "getSelection().toString().length"
    expect_value(editor.page, lambda: editor.page.evaluate(selected), lambda length: length >= len(TEXT) - 2)
    editor.drag("secret ferry")
    editor.press("1")
    assert editor.covered() == [("Claim", "secret ferry")]

    editor.press("Control+a", "3")
    assert editor.covered()[0] == ("Denial", TEXT.removesuffix("."))


@pytest.mark.layout
def test_blanks_only_change_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT.replace(" secret", "     secret"))
    editor.drag("denies")
    editor.press("1")
    box = editor.box("     ")["first"]

    editor.page.mouse.move(box["left"] + 2, box["top"] + 10)
    editor.page.mouse.down()
    editor.page.mouse.move(box["right"] - 2, box["top"] + 10)
    editor.page.mouse.up()
    editor.wait_until_quiet()
    editor.press("3")

    assert editor.covered() == [("Claim", "denies")]
    expect(editor.page.locator("#announcements")).to_have_text("Nothing labelled: select words, not only blanks.")


def test_clicked_attribute_leaves_the_keys_to_the_text(open_editor: OpenEditor) -> None:
    editor = open_editor("[osk](Speaker) denies the secret ferry deal.")
    editor.click("osk")

    editor.details.get_by_text("Institution", exact=False).first.click()
    expect(editor.text).to_be_focused()
    editor.press("ArrowRight", "ArrowRight", "ArrowRight", "1")
    assert editor.stored()[0]["attributes"]["kind"] == "institution"
    assert ("Claim", "secret") in editor.covered()

    editor.click("osk")
    editor.press("Enter")
    expect(editor.details.locator("input[value=institution]")).to_be_focused()
    editor.press("ArrowRight")
    expect(editor.details.locator("input[value=group]")).to_be_focused()
    assert editor.stored()[0]["attributes"]["kind"] == "institution"
    editor.press("Enter")
    assert editor.stored()[0]["attributes"]["kind"] == "group"
    expect(editor.text).to_be_focused()
    editor.click("osk")
    editor.press("Enter", "ArrowRight", "Control+Enter")
    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()
    assert editor.stored()[0]["attributes"]["kind"] == "group"


@pytest.mark.layout
def test_list_is_scrolled_to_the_span_selected_in_the_text(open_editor: OpenEditor) -> None:
    editor = open_editor(
        " ".join(f"[word{index}](Claim)" for index in range(80)), viewport={"width": 1280, "height": 600}
    )
    editor.click("word70")

    row = editor.rows.locator("[aria-current=true]")
    expect(row).to_contain_text("word70")
    expect(row).to_be_in_viewport()


def test_relabelling_back_brings_the_attributes_back(open_editor: OpenEditor) -> None:
    editor = open_editor("[it rained](Claim kind=prediction quote_type=mixed voice=narrator) denies the secret deal.")
    before = editor.stored()
    editor.click("rained")

    editor.press("2")
    expect_rows(editor, ["Speaker it rained"], "2")
    editor.press("1")
    expect_rows(editor, ["Claim it rained"], "1")

    assert editor.stored() == before


def test_punctuation_only_is_labelled_after_a_question(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand — denies.")
    editor.drag("—")

    editor.press("1")
    expect(editor.page.get_by_role("status")).to_have_text("“—” is punctuation only. Choose Claim again to label it.")
    assert editor.covered() == []
    editor.press("1")
    assert editor.covered() == [("Claim", "—")]
