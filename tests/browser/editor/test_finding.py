"""Finding words, labelling all matches, and reaching unlabelled sentences."""

import re

from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.polling import expect_value

TEXT = "Osk[Speaker] called. Torvand met Osk.\n\nNobody saw Osk there. Oskar did."
MARKED = """() => [...(CSS.highlights.get("found") ?? [])].map((range) =>
  range.startContainer.data.slice(range.startOffset, range.endOffset))"""

SELECTED = "getSelection().toString()"


def found(editor: EditorPage, words: str) -> None:
    editor.press("/")
    editor.page.get_by_role("searchbox", name="Find in the document").fill(words)
    expect(editor.page.locator("#find-count")).to_contain_text("of")


def test_matches_are_highlighted_and_selected_by_key(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    found(editor, "osk")
    expect(editor.page.locator("#find-count")).to_have_text("1 of 4")
    expect_value(editor.page, lambda: editor.page.evaluate(MARKED), lambda marked: marked == ["Osk"] * 4)
    editor.press("Enter", "Enter")
    expect(editor.page.locator("#find-count")).to_have_text("3 of 4")
    editor.press("Escape")
    expect(editor.text).to_be_focused()
    expect_value(editor.page, lambda: editor.page.evaluate(SELECTED), lambda words: words == "Osk")
    editor.press("3")

    assert editor.covered() == [("Speaker", "Osk"), ("Denial", "Osk")]


def test_all_occurrences_are_labelled_in_one_step(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    editor.press("n", "l")
    expect(editor.page.locator("#find-label")).to_be_focused()
    editor.page.get_by_label("Whole words").check()
    rows = editor.page.locator("#find-list li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("labelled already")
    rows.nth(1).get_by_role("checkbox").uncheck()
    editor.page.get_by_role("button", name="Label 1 occurrence").click()

    assert editor.covered() == [("Speaker", "Osk"), ("Speaker", "Osk")]
    expect(editor.page.locator("#announcements")).to_contain_text("1 occurrence labelled Speaker")
    expect(rows.nth(2)).to_contain_text("labelled already")
    expect(editor.text).to_be_focused()
    rows.nth(1).get_by_role("checkbox").check()
    editor.page.get_by_role("button", name="Label 1 occurrence").press("Enter")
    assert editor.covered() == [("Speaker", "Osk")] * 3
    expect(editor.text).to_be_focused()
    editor.press("Control+z")
    expect(editor.page.get_by_role("status")).to_contain_text("Undone")
    assert editor.covered() == [("Speaker", "Osk"), ("Speaker", "Osk")]
    editor.page.get_by_role("button", name="Undo").click()
    assert editor.covered() == [("Speaker", "Osk")]


def test_matches_are_selected_by_pointer(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor(TEXT)
    editor.page.get_by_role("button", name="Find in the document").click()
    editor.page.get_by_role("searchbox", name="Find in the document").fill("there")

    editor.page.locator("#find-list").get_by_role("button").click()
    expect_value(editor.page, lambda: editor.page.evaluate(SELECTED), lambda words: words == "there")
    editor.page.get_by_role("button", name="Spans", exact=True).click()

    expect_value(editor.page, lambda: editor.page.evaluate(MARKED), lambda marked: marked == [])


def test_no_match_is_reported(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    editor.press("/")
    editor.page.get_by_role("searchbox", name="Find in the document").fill("<b>missing</b>")

    expect(editor.page.locator("#find-count")).to_have_text("No matches")
    expect(editor.page.get_by_role("button", name="Label 0 occurrences")).to_be_disabled()


def test_key_moves_to_the_next_unlabelled_sentence(open_editor: OpenEditor) -> None:
    editor = open_editor("Ada[Speaker] left. Ben stayed. Cy[Speaker] slept. Di woke.")

    editor.press("u")
    editor.page.get_by_role("button", name="Next unlabelled sentence").click()
    editor.press("2", "Enter", "Escape", "U", "2", "Enter")

    assert [text for _, text in editor.covered()] == ["Ada", "Ben", "Cy", "Di"]


def test_relation_targets_are_numbered_by_distance(open_editor: OpenEditor) -> None:
    far = "Zed[Speaker] spoke.\n\n" + "A line in between.\n\n" * 30
    editor = open_editor(far + "Torvand[Speaker] told Osk[Speaker] [it rained](Claim).")
    editor.press("Control+End", "p", "a")

    expect(editor.page.locator(".mark-number text")).to_have_text(["1", "2"])
    buttons = editor.details.locator(".candidates button")
    expect(buttons).to_have_text([re.compile(rf"\b{name}\s*$") for name in ("Osk", "Torvand", "Zed")])
    editor.press("3")

    expect(editor.details.locator(".relations li")).to_contain_text("attributed to: Zed")
    editor.wait_until_saved()
    assert editor.annotation_set.relations.get().target.start == 0


def test_far_target_is_found_by_its_words(open_editor: OpenEditor) -> None:
    names = "".join(f"Ada{number:02}[Speaker] spoke.\n\n" for number in range(30))
    editor = open_editor(f"[Marek Osk](Speaker) was there.\n\n{names}They said [it rained](Claim).")

    editor.press("Control+End", "p")
    editor.text.evaluate(
        """(text) => {
          for (const key of ["a", "/"]) text.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        }"""
    )
    expect(editor.page.get_by_label("Contains words")).to_be_focused()
    editor.page.keyboard.type("osk")
    expect(editor.details.locator(".candidates button")).to_have_text(["1 Speaker Marek Osk"])
    editor.page.keyboard.type("ar")
    expect(editor.details.locator(".candidates button")).to_have_count(0)
    editor.press("Backspace", "Backspace", "Enter")

    editor.wait_until_saved()
    relation = editor.annotation_set.relations.get()
    assert (relation.source.label, relation.target.start) == ("Claim", 0)
    expect(editor.text).to_be_focused()
