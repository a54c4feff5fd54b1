"""Relations go and come with their spans, and that is said; ends of spans move by every unit; parts stay apart."""

from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage


def _relate(editor: EditorPage) -> None:
    """From the claim to its speaker, both times; the first one has two."""
    editor.page.wait_for_selector("#removed-relations", state="attached")
    editor.click("rained")
    editor.press("a", "1")
    editor.click("poured")
    editor.press("a", "1")
    editor.wait_until_saved()
    assert editor.annotation_set.relations.count() == 2


def test_deleting_a_span_names_the_relations_that_go_with_it_and_brings_them_back(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand[Speaker] said [it rained](Claim) and [it poured](Claim).")
    _relate(editor)
    gone = editor.page.locator("#removed-relations")
    expect(gone).to_be_hidden()
    editor.click("Torvand")
    editor.press("Delete")

    expect(gone).to_contain_text("Torvand” deleted, with 2 relations")
    expect(gone).to_contain_text("it rained")
    expect(gone).to_contain_text("it poured")
    expect(editor.page.locator("#announcements")).to_contain_text("with 2 relations")
    editor.wait_until_saved()
    assert not editor.annotation_set.relations.exists()
    gone.get_by_role("button", name="Undo").click()

    expect(gone).to_be_hidden()
    editor.wait_until_saved()
    assert editor.annotation_set.relations.count() == 2
    assert [text for _, text in editor.covered()] == ["Torvand", "it rained", "it poured"]


def test_another_label_takes_the_relations_it_cannot_have_says_so_and_undo_brings_them_back(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor("Torvand[Speaker] said [it rained](Claim) and [it poured](Claim).")
    _relate(editor)
    editor.click("Torvand")
    editor.press("4")
    expect(editor.page.locator("#removed-relations")).to_contain_text("Speaker became Hedge, with 2 relations")
    editor.press("Control+z")

    expect(editor.page.locator("#removed-relations")).to_be_hidden()
    editor.wait_until_saved()
    assert editor.annotation_set.relations.count() == 2


def test_ends_move_by_word_clause_and_sentence_with_keys(open_editor: OpenEditor) -> None:
    editor = open_editor("He came. When it rained, [they](Claim) left, and nobody stayed, she said. It was late.")
    editor.press("n")
    for key, covered in [
        (".", "they left"),
        ("j", "they left, and nobody stayed"),
        ("J", "they left"),
        (";", "When it rained, they left"),
        (":", "they left"),
        (",", "they"),
        ("<", ", they"),
        ("<", "rained, they"),
        (">", ", they"),
        (">", "they"),
        ("w", "When it rained, they left, and nobody stayed, she said."),
    ]:
        editor.press(key)
        assert [text.rstrip(",") for _, text in editor.covered()] == [covered], key


def test_parts_that_would_touch_or_overlap_become_one(open_editor: OpenEditor) -> None:
    editor = open_editor("“[The bridge](Claim),” Brandt said, “will open on Friday at noon.”")
    editor.press("n")
    editor.drag("open on Friday")
    editor.press("+")
    assert editor.stored()[0]["text"] == ["The bridge", "open on Friday"]
    editor.drag("Friday at")
    editor.press("+")
    assert editor.stored()[0]["text"] == ["The bridge", "open on Friday at"]
    editor.drag("will")
    editor.press("+")

    assert editor.stored()[0]["text"] == ["The bridge", "will open on Friday at"]
    [[_, end], [start, _]] = editor.annotation_set.spans.get().fragments or []
    assert end < start
