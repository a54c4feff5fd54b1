"""Texts, browsers and gestures that may break the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from annotator.platform.accounts.models import User
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage

HOSTILE = (
    "<script>document.title = 'taken'</script> {{ settings.SECRET_KEY }} {% now %} \u202eabc\u202c &lt;b&gt;"
    ' <img src=x onerror="document.title=1"> &amp; end.'
)


def test_code_in_a_text_is_shown_as_text(open_editor: OpenEditor) -> None:
    editor = open_editor(HOSTILE, marked=False)
    for words in ("{{ settings.SECRET_KEY }}", "onerror"):
        editor.drag(words)
        editor.press("4")
    expect(editor.rows.get_by_role("button")).to_contain_text(["{{ settings.SECRET_KEY }}", "onerror"])

    assert editor.text.inner_text().strip() == HOSTILE
    assert editor.page.title().startswith("Document")
    assert editor.page.locator("#text script, #text img, #spans-list img").count() == 0
    assert [label for label, _ in editor.covered()] == ["Hedge", "Hedge"]
    assert editor.errors == []


def test_control_characters_have_a_visible_sign(open_editor: OpenEditor) -> None:
    editor = open_editor("one\x0btwo four\x0cfive six\x85seven eight", marked=False)

    assert [editor.box(sign)["first"]["width"] > 0 for sign in ("\u240b", "\u240c")] == [True, True]
    editor.drag("eight")
    editor.press("1")

    assert editor.covered() == [("Claim", "eight")]


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
    editor.press("1", "ArrowRight", "ArrowDown", "2", "n", "End", "Delete")

    assert editor.covered() == []
    assert editor.errors == []


@pytest.mark.layout
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
