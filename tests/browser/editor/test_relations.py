"""Relations follow their spans, with a message; boundaries move by every unit; fragments stay apart."""

from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage


def _relate(editor: EditorPage) -> None:
    """Add relations from both claims to their speaker."""
    editor.page.wait_for_selector("#removed-relations", state="attached")
    editor.click("rained")
    editor.press("a", "1")
    editor.click("poured")
    editor.press("a", "1")
    editor.wait_until_saved()
    assert editor.annotation_set.relations.count() == 2


def test_deleted_relations_are_named_and_restored(open_editor: OpenEditor) -> None:
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
    gone.get_by_role("button", name="Restore relations").click()

    expect(gone).to_be_hidden()
    editor.wait_until_saved()
    assert editor.annotation_set.relations.count() == 2
    assert [text for _, text in editor.covered()] == ["Torvand", "it rained", "it poured"]


def test_relabelling_names_and_restores_removed_relations(
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


def test_boundaries_move_by_word_clause_and_sentence(open_editor: OpenEditor) -> None:
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


def test_touching_fragments_become_one(open_editor: OpenEditor) -> None:
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
