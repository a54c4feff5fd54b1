"""Picking words by their letters, frames, sentence by sentence, and finding one label among many."""

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.editor.test_real_keys import CONTROL, SHIFT, Key, Keyboard

TEXT = "Torvand flatly denied that her office had promised the route. Osk said the plan was off."

# What each layout types: the letters f, j, d, k, s and l of hints, the label Speaker, its attribute with the key I,
# undo, redo and help.
LAYOUTS = {
    "German": (
        "fjdksl", Key("2", "Digit2"), Key("I", "KeyI", SHIFT),
        Key("z", "KeyY", CONTROL), Key("Z", "KeyY", CONTROL | SHIFT), Key("?", "Minus", SHIFT),
    ),
    "French": (
        "fjdksl", Key("é", "Digit2"), Key("I", "KeyI", SHIFT),
        Key("z", "KeyW", CONTROL), Key("Z", "KeyW", CONTROL | SHIFT), Key("?", "KeyM", SHIFT),
    ),
    "Russian": (
        "аовлыд", Key("2", "Digit2"), Key("Ш", "KeyI", SHIFT),
        Key("я", "KeyZ", CONTROL), Key("Я", "KeyZ", CONTROL | SHIFT), Key("?", "Digit7", SHIFT),
    ),
    "Greek": (
        "φξδκσλ", Key("2", "Digit2"), Key("Ι", "KeyI", SHIFT),
        Key("ζ", "KeyZ", CONTROL), Key("Ζ", "KeyZ", CONTROL | SHIFT), Key("?", "Slash", SHIFT),
    ),
    "Arabic": (
        "بتينسم", Key("2", "Digit2"), Key("÷", "KeyI", SHIFT),
        Key("ئ", "KeyZ", CONTROL), Key("~", "KeyZ", CONTROL | SHIFT), Key("؟", "Slash", SHIFT),
    ),
}  # fmt: skip


def letters_of(editor: EditorPage, word: str, nth: int = 0) -> str:
    """Return the letters shown over a word."""
    box = editor.box(word, nth)["first"]
    expect(editor.page.locator(".hint").first).to_be_visible()
    editor.wait_until_quiet()
    hints = editor.page.locator(".hint").all()
    near = [
        (abs((place := hint.bounding_box() or {"x": 1e6, "y": 1e6})["x"] - box["x"]) + abs(place["y"] - box["y"]), hint)
        for hint in hints
    ]
    return min(near, key=lambda pair: pair[0])[1].text_content() or ""


def open_fresh(open_editor: OpenEditor) -> EditorPage:
    """Return the editor as it is after opening, with no word chosen."""
    editor = open_editor(TEXT)
    editor.page.reload()
    expect(editor.page.locator("#labels button").first).to_be_visible()
    return editor


def pick(editor: EditorPage, key: str, word: str) -> None:
    editor.press(key)
    editor.press(*letters_of(editor, word))


@pytest.mark.layout
def test_spans_are_picked_by_letters(open_editor: OpenEditor) -> None:
    editor = open_fresh(open_editor)

    pick(editor, "2", "Torvand")
    assert editor.covered() == [("Speaker", "Torvand")]
    editor.press("Enter")  # the name
    assert editor.stored()[0]["attributes"]["canonical"] == "Torvand"
    pick(editor, "3", "flatly")
    assert ("Denial", "flatly denied") in editor.covered()
    editor.press("Escape", "Escape")  # the frames: whose denial this is, and of what
    pick(editor, "1", "her")
    assert ("Claim", "her office had promised the route") in editor.covered()
    pick(editor, "Space", "promised")
    assert ("Claim", "her office had promised") in editor.covered()
    editor.press("j", "j", "k")
    assert ("Claim", "her office had promised the route") in editor.covered()


def test_span_is_made_changed_and_undone_on_every_layout(open_editor: OpenEditor) -> None:
    editor = open_fresh(open_editor)
    keyboard, help_dialog = Keyboard(editor.page), editor.page.get_by_role("dialog")

    for layout, (letters, label, attribute, undo, redo, show_help) in LAYOUTS.items():
        keyboard.press(label)
        letter = letters_of(editor, "Torvand")
        keyboard.press(Key(dict(zip("fjdksl", letters, strict=True))[letter], f"Key{letter.upper()}"))
        editor.press("Escape")  # the frame: the name
        keyboard.press(attribute)
        [span] = editor.stored()
        assert (span["label"], span["text"]) == ("Speaker", ["Torvand"]), layout
        assert span["attributes"]["kind"] == "institution", layout
        keyboard.press(undo, undo)
        assert editor.stored() == [], layout
        keyboard.press(redo, redo)
        assert editor.stored() == [span], layout
        keyboard.press(show_help)
        expect(help_dialog).to_be_visible()
        editor.press("Escape")
        expect(help_dialog).to_be_hidden()
        keyboard.press(undo, undo)


@pytest.mark.layout
def test_words_are_picked_by_their_own_letters(open_editor: OpenEditor) -> None:
    editor = open_editor("Said she would. Silt denies that. Он спорит.")
    heard, keyboard = editor.page.get_by_role("status").first, Keyboard(editor.page)
    editor.press("?")
    editor.page.get_by_label("Pick words by their own first letters").check()
    editor.press("Escape")
    editor.page.reload()
    expect(editor.page.locator("#labels button").first).to_be_visible()

    editor.press("2", "d")
    assert editor.covered() == [("Speaker", "denies")]
    editor.press("Control+z", "2", "s")
    expect(heard).to_have_text("1: Said, 2: she, 3: Silt")
    expect(editor.page.locator(".hint")).to_have_text(["1", "2", "3"])
    editor.press("3")
    assert editor.covered() == [("Speaker", "Silt")]
    editor.press("Escape", "2", "s", "z")
    expect(heard).to_have_text("No word has the letters “sz”.")
    editor.press("h")
    assert ("Speaker", "she") in editor.covered()
    editor.press("Escape", "2")
    keyboard.press(Key("с", "KeyC"))
    assert ("Speaker", "спорит") in editor.covered()


def test_frame_links_and_enter_takes_what_is_shown(open_editor: OpenEditor) -> None:
    editor = open_editor("Osk[Speaker] and Silt[Speaker] spoke. She said the plan was off.")
    editor.click("plan")
    editor.press("1")

    frame = editor.page.locator("#claim-frame")
    expect(frame).to_contain_text("attributed to")
    expect(editor.page.locator(".mark-number")).to_have_count(2)
    editor.press("2")
    expect(frame).to_be_hidden()
    editor.wait_until_saved()
    relation = editor.annotation_set.relations.get()
    assert (relation.label, relation.target.start) == ("attributed-to", 0)

    editor.click("off")
    editor.press("1")
    expect(frame).to_be_visible()
    editor.press("Enter")
    editor.wait_until_saved()
    assert editor.annotation_set.relations.count() == 2
    editor.click("was")
    editor.press("1", "Escape")
    expect(frame).to_be_hidden()
    editor.press("F9")
    editor.click("said")
    editor.press("1")
    editor.wait_until_saved()
    expect(frame).to_be_hidden()


def test_sentences_are_gone_through_with_enter(open_editor: OpenEditor) -> None:
    editor = open_fresh(open_editor)

    editor.press("F8", "Enter", "2")
    editor.press(letters_of(editor, "Osk"))

    assert editor.covered() == [("Speaker", "Osk")]
