"""Changing spans: labels, attributes, boundaries, notes, relations, undo, and nested spans."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.editor.conftest import OpenEditor

NESTED = "[Torvand said [the [deal](Hedge) is off](Claim)](Claim) today."


def current_row(page: Page) -> Locator:
    """Return the row of the list that is current."""
    return page.locator("#spans-list [aria-current=true]")


def test_repeated_clicks_select_outer_spans(open_editor: OpenEditor) -> None:
    editor = open_editor(NESTED)
    row = current_row(editor.page)

    for row_text in ("Hedge", "the deal is off", "Torvand said"):
        editor.click("deal")
        expect(row).to_contain_text(row_text)
        editor.page.wait_for_timeout(600)  # longer than a double click takes


@pytest.mark.layout
def test_click_on_a_line_selects_its_span(open_editor: OpenEditor) -> None:
    editor = open_editor(NESTED)
    box = editor.box("Torvand")["first"]

    editor.page.mouse.click(box["x"] + 10, box["bottom"] + 3)

    expect(current_row(editor.page)).to_contain_text("Torvand said")


def test_nested_spans_are_nested_in_the_list(open_editor: OpenEditor) -> None:
    editor = open_editor(NESTED)

    rows = editor.rows.locator("li")

    expect(rows).to_have_count(3)
    assert [row.get_attribute("class") for row in rows.all()] == [f"span-row depth-{depth}" for depth in range(3)]
    expect(rows.nth(2)).to_contain_text("in Claim the deal is off")


def test_same_words_can_have_two_labels(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand[Speaker] said so.")

    editor.drag("Torvand said")
    editor.press("1")
    editor.drag("said so")
    editor.press("4")

    assert editor.covered() == [("Claim", "Torvand said"), ("Speaker", "Torvand"), ("Hedge", "said so")]


def test_label_key_relabels_the_selected_span(open_editor: OpenEditor) -> None:
    editor = open_editor("It [may](Hedge form=reported) rain.")

    editor.press("n", "3")

    assert editor.stored()[0]["label"] == "Denial"
    assert editor.stored()[0]["attributes"]["form"] == "reported"


def test_attributes_are_set_by_pointer_and_key(open_editor: OpenEditor) -> None:
    editor = open_editor("She said [it rained](Claim quote_type=indirect voice=speaker kind=fact).")

    editor.press("n", "d")
    editor.details.get_by_text("Prediction").click()

    assert editor.stored()[0]["attributes"] == {"quote_type": "direct", "voice": "speaker", "kind": "prediction"}
    expect(editor.details.get_by_role("radio", name="Direct", exact=False).first).to_be_checked()


def test_boundaries_move_by_key_and_button(open_editor: OpenEditor) -> None:
    editor = open_editor("One two [three](Claim) four five.")

    editor.press("n", ".", "<")
    assert editor.covered() == [("Claim", "two three four")]
    editor.details.get_by_role("button", name="Move the start one word later").click()
    editor.details.get_by_role("button", name="Move the end one word earlier").click()
    assert editor.covered() == [("Claim", "three")]
    editor.drag("four five")
    editor.details.get_by_role("button", name="Add the selected text").click()

    assert editor.covered() == [("Claim", "three four five")]


def test_gap_makes_two_fragments_of_one_span(open_editor: OpenEditor) -> None:
    editor = open_editor("“[The bridge](Claim),” Brandt said, “will open on Friday.”")

    editor.press("n")
    editor.drag("will open on Friday")
    editor.press("+")

    assert editor.stored()[0]["text"] == ["The bridge", "will open on Friday"]


def test_undo_and_redo_by_key_and_button(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")

    editor.press("2", "Control+z")
    assert editor.covered() == []
    editor.page.get_by_role("button", name="Redo").click()
    assert editor.covered() == [("Speaker", "Torvand")]
    editor.press("Delete", "Control+z", "Control+z", "Control+Shift+z")

    assert editor.covered() == [("Speaker", "Torvand")]
    assert editor.annotation_set.changes.count() == 7


def test_note_is_saved_for_its_span(open_editor: OpenEditor) -> None:
    editor = open_editor("Ada[Speaker] and Ben[Speaker]")

    editor.press("n", "c")
    editor.page.keyboard.type("who is <b>she</b>?")
    editor.rows.get_by_role("button", name="Ben").click()
    expect(editor.details.locator("textarea")).to_have_value("")

    assert [span["note"] for span in editor.stored()] == ["who is <b>she</b>?", ""]


def test_relation_is_added_and_deleted_by_keys(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand[Speaker] told Osk[Speaker] [it rained](Claim).")

    editor.press("n", "n", "n", "a")
    expect(editor.details.get_by_role("group", name="Choose a target")).to_be_visible()
    editor.press("p", "Enter")
    expect(editor.page.locator(".curve-name")).to_have_text("attributed to")
    editor.wait_until_saved()
    relation = editor.annotation_set.relations.get()
    assert (relation.source.label, relation.target.start) == ("Claim", 0)
    editor.details.get_by_role("button", name="Delete relation: attributed to").click()
    expect(editor.page.locator(".curve-name")).to_have_count(0)

    editor.wait_until_saved()
    assert not editor.annotation_set.relations.exists()


def test_relation_is_added_by_pointer(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand[Speaker] said [it rained](Claim).")

    editor.click("rained")
    editor.details.get_by_role("button", name="attributed to").click()
    expect(editor.page.locator(".mark-candidate")).to_have_count(1)
    editor.click("Torvand")

    expect(editor.details.locator(".relations li")).to_contain_text("attributed to: Torvand")
    editor.wait_until_saved()
    assert editor.annotation_set.relations.get().target.label == "Speaker"
    editor.details.get_by_role("button", name="attributed to: Torvand", exact=True).click()
    expect(editor.details.get_by_role("button", name="attributed to this: it rained", exact=True)).to_be_visible()


def test_submitted_set_is_read_only_until_reopened(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.press("2")
    editor.page.get_by_role("button", name="Submit").click()
    expect(editor.page.locator("#notices")).to_contain_text("Submitted. Reopen it to make changes.")
    editor.text.focus()
    editor.press("Delete", "3")
    assert editor.covered() == [("Speaker", "Torvand")]

    editor.page.get_by_role("button", name="Reopen").click()
    expect(editor.page.get_by_role("button", name="Submit", exact=True)).to_be_visible()
    expect(editor.text).to_be_focused()
    editor.press("3", "Enter")

    assert editor.covered() == [("Denial", "Torvand")]
    editor.annotation_set.refresh_from_db()
    assert editor.annotation_set.shown_state == "open"


def test_list_filters_by_label_and_document(open_editor: OpenEditor) -> None:
    lines = "\n\n".join(f"[Person {number}](Speaker) said [it](Claim) again." for number in range(60))
    editor = open_editor(lines)

    editor.page.get_by_label("Show spans of").select_option("Speaker")
    editor.page.get_by_label("Show spans from").select_option("all")

    expect(editor.rows.locator("li")).to_have_count(60)
    editor.rows.get_by_role("button", name="Person 59").click()
    expect(editor.page.locator(".mark-selected")).to_be_in_viewport()
