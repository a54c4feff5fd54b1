"""Selecting and labelling text of every kind, by mouse and keyboard."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.polling import expect_value

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


@pytest.mark.layout
def test_selected_text_snaps_to_words(open_editor: OpenEditor) -> None:
    editor = open_editor(SENTENCE)

    editor.drag("ecret fer")
    editor.press("1")
    assert editor.covered() == [("Claim", "secret ferry")]
    assert editor.stored()[0]["attributes"] == {"quote_type": "indirect", "voice": "speaker", "kind": "fact"}
    editor.press("Escape", "Escape", "Control+z")

    editor.drag("secret ferry deal", backwards=True)
    editor.press("1")
    assert editor.covered() == [("Claim", "secret ferry deal")]
    editor.press("Escape", "Escape", "Control+z")

    editor.click("secret")
    editor.click("deal", shift=True)
    editor.page.get_by_role("group", name="Labels", exact=True).get_by_role("button", name="Claim").click()
    assert editor.covered() == [("Claim", "secret ferry deal")]


@pytest.mark.layout
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


@pytest.mark.layout
def test_popover_labels_the_selection_without_covering_it(open_editor: OpenEditor) -> None:
    editor = open_editor(SENTENCE)

    editor.drag("nobody called")
    bar = editor.page.locator("#popover")
    expect(bar).to_be_visible()

    def leaves_the_words_free(box: Any) -> bool:
        selected = editor.box("nobody called")["first"]
        return bool(box and (box["y"] + box["height"] <= selected["top"] or box["y"] >= selected["bottom"]))

    expect_value(editor.page, bar.bounding_box, leaves_the_words_free)
    bar.get_by_role("button", name="Hedge").click()

    expect(bar).to_be_hidden()
    assert editor.covered() == [("Hedge", "nobody called")]


@pytest.mark.layout
def test_blank_selections_make_no_span(open_editor: OpenEditor) -> None:
    editor = open_editor("One.     Two.")

    box = editor.box("     ")["first"]
    editor.page.mouse.move(box["left"] + 3, box["top"] + 10)
    editor.page.mouse.down()
    editor.page.mouse.move(box["right"] - 3, box["top"] + 10, steps=3)
    editor.page.mouse.up()

    expect(editor.page.locator("#popover")).to_be_hidden()


@pytest.mark.layout
def test_offsets_are_code_points_of_the_stored_text(open_editor: OpenEditor) -> None:
    editor = open_editor("\r\n\r\n".join(text for text, _ in HARD_TEXTS), marked=False)

    for _, words in HARD_TEXTS:
        editor.drag(words)
        editor.press("2")

    assert editor.covered() == [("Speaker", words) for _, words in HARD_TEXTS]
    assert not editor.errors


@pytest.mark.layout
def test_arrow_keys_follow_right_to_left_text(open_editor: OpenEditor) -> None:
    editor = open_editor("قال المتحدث نعم", marked=False)

    editor.press("ArrowLeft", "2")

    assert editor.covered() == [("Speaker", "المتحدث")]


@pytest.mark.layout
def test_up_and_down_move_by_visual_lines(open_editor: OpenEditor) -> None:
    editor = open_editor("first line\n\nsecond line\nthird line", marked=False)

    editor.press("ArrowRight", "ArrowDown", "ArrowDown", "1", "Escape", "ArrowUp", "2")

    assert editor.covered() == [("Speaker", "line"), ("Claim", "line")]
    rows = editor.annotation_set.spans.order_by("start").values_list("start", flat=True)
    text = editor.annotation_set.document.text
    assert list(rows) == [text.index("second") + 7, text.index("third") + 6]


@pytest.mark.layout
@pytest.mark.parametrize("to", ["right", "below", "above", "outside"])
def test_drag_that_leaves_the_text_ends_at_what_is_visible(open_editor: OpenEditor, to: str) -> None:
    editor = open_editor("\n\n".join(f"Osk{n} met Silt{n}." for n in range(60)), marked=False)
    page = editor.page
    panes = {name: page.locator(f"#{name}").bounding_box() for name in ("text-pane", "panel")}
    pane, panel = panes["text-pane"], panes["panel"]
    assert pane
    assert panel
    word = editor.box("met", nth=2)["first"]
    x, y = word["x"] + word["width"] / 2, word["y"] + word["height"] / 2
    goals = {
        "right": (panel["x"] + 60, y),
        "below": (x, pane["y"] + pane["height"] + 4),
        "above": (x, 5),
        "outside": (page.viewport_size["width"] + 40, y),  # type: ignore[index]
    }

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + goals[to][0]) / 2, (y + goals[to][1]) / 2)
    page.mouse.move(*goals[to])
    page.mouse.up()
    expect(page.locator("#popover")).to_be_visible()
    editor.press("4")

    [(_, words)] = editor.covered()
    if to in ("right", "outside"):
        assert words == "met Silt2"
    else:
        last = words.split()[0] if to == "above" else words.split()[-1]
        assert len(words.split()) < 60  # of the 180 words
        expect(editor.text.get_by_text(last).first).to_be_in_viewport()
