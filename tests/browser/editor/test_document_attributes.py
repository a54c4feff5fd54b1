"""Attributes of the document in the editor: answered by keyboard, undone, reviewed, kept after reloading."""

from playwright.sync_api import expect

from projects.models import SchemaVersion
from tests.browser.editor.conftest import OpenEditor

DOCUMENT_ATTRIBUTES = [
    {"id": "genre", "name": "Genre", "required": True, "choices": [{"id": "news", "name": "News"}, {"id": "op-ed"}]},
    {"id": "topics", "type": "multiple", "choices": [{"id": "war"}, {"id": "money"}]},
    {"id": "score", "type": "number"},
]


def test_values_are_given_by_keyboard_undone_and_reviewed(open_editor: OpenEditor, project: object) -> None:
    version = SchemaVersion.objects.get()
    version.definition = version.definition | {"document_attributes": DOCUMENT_ATTRIBUTES}
    version.save(update_fields=["definition"])
    editor = open_editor("Ada[Speaker] denies it.", review=True)
    block = editor.page.locator("[data-document]")
    expect(block).to_contain_text("0 of 3")

    editor.press("Control+Enter")
    expect(editor.page.locator("#review")).to_contain_text("“Genre” has no value")
    editor.press("Escape", "F4", "1")
    expect(editor.page.get_by_role("status")).to_have_text("Document: Genre is News.")
    editor.press("Enter", "2", "1", "Enter")
    editor.page.keyboard.type("2.5")
    editor.press("Enter")
    expect(editor.text).to_be_focused()
    expect(block).to_contain_text("3 of 3")
    editor.press("Control+z")
    expect(block).to_contain_text("2 of 3")
    expect(editor.page.locator("#saving")).to_have_attribute("data-state", "saved")

    editor.annotation_set.refresh_from_db()
    assert editor.annotation_set.document_attributes == {"genre": "news", "topics": ["war", "money"]}
    editor.open()
    expect(block).to_contain_text("2 of 3")
    expect(block.get_by_label("News")).to_be_checked()
    editor.press("F4")
    expect(block.get_by_role("spinbutton")).to_be_focused()
    assert editor.errors == []
