"""Selecting and labelling text of every kind, by mouse and keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor

pytestmark = pytest.mark.layout

SENTENCE = "Torvand denies the secret ferry deal.\n\nShe said that nobody called."
HARD_TEXTS = [
    ("👩‍👩‍👧‍👦 Zoë said 🎈 it rained.", "it rained"),
    ("One line.\r\nTwo lines.\r\n\r\nFour lines here.", "Four lines"),
    ("قال المتحدث إن التقرير غير صحيح ثم غادر.", "التقرير غير"),
    ("אמר הדובר Torvand כי הדוח שגוי.", "הדוח שגוי"),
    ("Nguye\u0302\u0303n Va\u0306n An a de\u0301menti cela.", "Va\u0306n An"),
    ("𝒜𝒷𝒸 said 𝒹ℯ𝒻 was 🇫🇷 true", "𝒹ℯ𝒻 was 🇫🇷"),
    ("Tabs\tand  blanks, a\u00a0space and \u202eright\u202c marks", "blanks"),
]


def test_dragged_text_snaps_to_words(open_editor: OpenEditor) -> None:
    editor = open_editor(SENTENCE)

    editor.drag("ecret fer")
    editor.press("1")

    assert editor.covered() == [("Claim", "secret ferry")]
    assert editor.stored()[0]["attributes"] == {"quote_type": "indirect", "voice": "speaker", "kind": "fact"}


def test_dragging_backwards_selects_the_same(open_editor: OpenEditor) -> None:
    editor = open_editor(SENTENCE)

    editor.drag("secret ferry deal", backwards=True)
    editor.press("1")

    assert editor.covered() == [("Claim", "secret ferry deal")]


def test_selection_may_cross_paragraphs(open_editor: OpenEditor) -> None:
    editor = open_editor(SENTENCE)
    start, end = editor.box("deal")["first"], editor.box("nobody")["first"]

    editor.page.mouse.move(start["left"] + 2, start["top"] + 10)
    editor.page.mouse.down()
    editor.page.mouse.move(end["right"] - 2, end["top"] + 10, steps=4)
    editor.page.mouse.up()
    editor.press("1")

    assert editor.covered() == [("Claim", "deal.\n\nShe said that nobody")]


def test_keys_move_select_and_label(open_editor: OpenEditor) -> None:
    editor = open_editor(SENTENCE)

    editor.press("2", "Escape", "ArrowRight", "3", "Escape", "ArrowRight", "ArrowRight")
    editor.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "1")

    assert editor.covered() == [("Speaker", "Torvand"), ("Denial", "denies"), ("Claim", "secret ferry deal")]


def test_popover_labels_the_selection_without_covering_it(open_editor: OpenEditor) -> None:
    editor = open_editor(SENTENCE)

    editor.drag("nobody called")
    bar = editor.page.locator("#popover")
    expect(bar).to_be_visible()
    box, selected = bar.bounding_box(), editor.box("nobody called")["first"]
    assert box
    assert box["y"] + box["height"] <= selected["top"] or box["y"] >= selected["bottom"]
    bar.get_by_role("button", name="Hedge").click()

    expect(bar).to_be_hidden()
    assert editor.covered() == [("Hedge", "nobody called")]


def test_shift_click_extends_the_selection(open_editor: OpenEditor) -> None:
    editor = open_editor(SENTENCE)

    editor.click("secret")
    editor.click("deal", shift=True)
    editor.page.get_by_role("group", name="Labels", exact=True).get_by_role("button", name="Claim").click()

    assert editor.covered() == [("Claim", "secret ferry deal")]


def test_blank_selections_make_no_span(open_editor: OpenEditor) -> None:
    editor = open_editor("One.     Two.")

    box = editor.box("     ")["first"]
    editor.page.mouse.move(box["left"] + 3, box["top"] + 10)
    editor.page.mouse.down()
    editor.page.mouse.move(box["right"] - 3, box["top"] + 10, steps=3)
    editor.page.mouse.up()

    expect(editor.page.locator("#popover")).to_be_hidden()


@pytest.mark.parametrize(("text", "words"), HARD_TEXTS)
def test_offsets_are_code_points_of_the_stored_text(open_editor: OpenEditor, text: str, words: str) -> None:
    editor = open_editor(text, marked=False)

    editor.drag(words)
    editor.press("1")

    assert editor.covered() == [("Claim", words)]
    assert not editor.errors


def test_arrow_keys_follow_right_to_left_text(open_editor: OpenEditor) -> None:
    editor = open_editor("قال المتحدث نعم", marked=False)

    editor.press("ArrowLeft", "2")

    assert editor.covered() == [("Speaker", "المتحدث")]


def test_up_and_down_move_by_visual_lines(open_editor: OpenEditor) -> None:
    editor = open_editor("first line\n\nsecond line\nthird line", marked=False)

    editor.press("ArrowRight", "ArrowDown", "ArrowDown", "1", "Escape", "ArrowUp", "2")

    assert editor.covered() == [("Speaker", "line"), ("Claim", "line")]
    rows = editor.annotation_set.spans.order_by("start").values_list("start", flat=True)
    text = editor.annotation_set.document.text
    assert list(rows) == [text.index("second") + 7, text.index("third") + 6]


def test_hostile_text_stays_text(open_editor: OpenEditor) -> None:
    text = '<script>document.title="x"</script> {{ x }} {% y %} <img src=x onerror="document.title=1"> &amp;'
    editor = open_editor(text, marked=False)

    editor.drag("onerror")
    editor.press("1")
    expect(editor.rows.get_by_role("button")).to_contain_text("onerror")

    assert editor.text.inner_text().strip() == text
    assert editor.page.title().startswith("Document")
    assert editor.page.locator("#text script, #text img, #spans-list img").count() == 0
    assert not editor.errors


def test_empty_text_opens_without_labels(open_editor: OpenEditor) -> None:
    editor = open_editor("", marked=False)

    editor.press("1", "ArrowDown", "n", "End")

    assert editor.covered() == []
    assert not editor.errors


def test_undo_works_on_a_cyrillic_layout(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.press("2")
    editor.text.dispatch_event("keydown", {"key": "я", "code": "KeyZ", "ctrlKey": True})
    expect(editor.rows.locator("li")).to_have_count(0)

    assert editor.covered() == []
