"""Texts, browsers and gestures that may break the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from annotator.platform.accounts.models import User
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage

pytestmark = pytest.mark.layout

HOSTILE = "<script>document.title = 'taken'</script> {{ settings.SECRET_KEY }} {% now %} \u202eabc\u202c &lt;b&gt; end."

SCRIPTS = {
    "Hebrew in a line from left to right": ("She met דניאל כהן there.", "דניאל כהן"),
    "Arabic": ("قال الوزير نعم.", "الوزير"),
    "emoji sequence": ("So 👩🏽‍🔬🇩🇪 said no.", "👩🏽‍🔬🇩🇪"),
    "combining accents": ("Cafe\u0301 Zo\u0308e said no.", "Zo\u0308e"),
    "Chinese": ("部長否認了。", "部長"),
    "outside the basic plane before it": ("𝔏𝔲𝔫𝔞 😀 met Osk.", "Osk"),
    "Devanagari": ("मंत्री ने कहा नहीं।", "मंत्री"),
}


@pytest.mark.parametrize(("text", "words"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_word_of_any_script_is_stored_exactly(open_editor: OpenEditor, text: str, words: str) -> None:
    editor = open_editor(text, marked=False)

    editor.drag(words)
    editor.press("2")

    assert editor.covered() == [("Speaker", words)]


def test_code_in_a_text_is_shown_as_text(open_editor: OpenEditor) -> None:
    editor = open_editor(HOSTILE, marked=False)
    editor.drag("{{ settings.SECRET_KEY }}")
    editor.press("4")

    assert editor.page.evaluate("document.querySelector('#text').textContent").strip().startswith(HOSTILE[:60])
    assert editor.page.title() != "taken"
    assert editor.stored()[0]["label"] == "Hedge"
    assert editor.errors == []


def test_pasting_and_dropping_change_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    before = editor.text.inner_text()
    editor.text.focus()
    editor.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "intruder");
          const text = document.querySelector("#text");
          const how = { bubbles: true, cancelable: true };
          text.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, ...how }));
          text.dispatchEvent(new DragEvent("drop", { dataTransfer: data, ...how }));
        }"""
    )
    editor.press("Control+v")

    assert editor.text.inner_text() == before
    assert editor.covered() == []


def test_empty_document_opens_without_labels(open_editor: OpenEditor) -> None:
    editor = open_editor("", marked=False)
    editor.press("1", "ArrowRight", "2", "n", "Delete")

    assert editor.covered() == []
    assert editor.errors == []


def test_line_of_a_million_characters_can_be_labelled(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it. " + "word " * 200_000, marked=False)
    editor.click("denies")
    editor.press("3")

    assert editor.covered() == [("Denial", "denies")]


@pytest.mark.parametrize("storage", ["forbidden", "full"])
def test_browser_without_storage_is_reported(
    make_context: Callable[..., BrowserContext], open_editor: OpenEditor, ada: User, storage: str
) -> None:
    own = open_editor("Torvand denies it.")
    page = make_context(ada).new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });"
        if storage == "forbidden"
        else "IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    editor = EditorPage(page, own.annotation_set).open()
    editor.press("2")

    expect(editor.page.locator("#notices")).to_contain_text("does not store unsent changes")
    assert editor.covered() == [("Speaker", "Torvand")]
