"""The core of the editor in Firefox: label by key and pointer, undo, relate, reload, submit."""

from collections.abc import Callable

from projects.models import Project
from tests.browser.firefox.editor_page import FirefoxEditor
from tests.conftest import MakeDocument

OpenEditor = Callable[[str], FirefoxEditor]


def test_words_are_labelled_by_key_and_by_pointer_in_every_script(open_editor: OpenEditor) -> None:
    editor = open_editor("👩🏽‍🚀 Zoë\u0308 said 𝒜lpha fell.\r\n\r\nقال يوسف إن الصفقة ألغيت.\n\n東京は雨だ。")

    editor.press("ArrowRight", "2")
    editor.drag("𝒜lpha fell")
    editor.press("1")
    editor.drag("يوسف")
    editor.press("2")
    editor.drag("東京は雨だ")
    editor.press("1")

    assert editor.covered() == [
        ("Speaker", "Zoë\u0308"),
        ("Claim", "𝒜lpha fell"),
        ("Speaker", "يوسف"),
        ("Claim", "東京は雨だ"),
    ]
    assert editor.firefox.call("errors") == []


def test_what_is_undone_is_gone_on_the_server_and_done_again_is_back(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denied the deal.")

    editor.press("2")
    labelled = editor.covered()
    editor.press("Control+z")
    undone = editor.covered()
    editor.press("Control+Shift+z")

    assert (labelled, undone) == ([("Speaker", "Torvand")], [])
    assert editor.covered() == labelled


def test_a_relation_and_a_longer_span_are_there_after_a_reload(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand[Speaker] said [the deal](Claim) is off.")

    editor.click("deal")
    editor.press("a", "1")
    editor.shows(".relations", "Torvand")
    editor.press("Shift+ArrowRight")
    assert editor.covered() == [("Speaker", "Torvand"), ("Claim", "the deal")]
    editor.reload()

    relation = editor.annotation_set.relations.get()
    assert (relation.source.label, relation.target.label) == ("Claim", "Speaker")
    assert editor.shows("#spans-list", "→ attributed to: Torvand")


def test_document_is_labelled_by_letters_reviewed_and_submitted(
    open_editor: OpenEditor, make_document: MakeDocument
) -> None:
    following = make_document("Osk objected.")
    editor = open_editor("Torvand said the plan was off.")
    Project.objects.update(review_on_submit=True)
    editor.reload()

    editor.press("2", "Escape", "1")
    editor.press(*editor.letters_of("the"))
    editor.shows("#claim-frame", "attributed to")
    editor.press("Enter")
    editor.shows("#announcements", "attributed to")
    editor.press("Control+z", "Control+Shift+z", "k", "j")
    assert editor.covered() == [("Speaker", "Torvand"), ("Claim", "the plan was off")]
    assert editor.annotation_set.relations.get().label == "attributed-to"

    editor.press("Control+Enter")
    editor.shows("#review:not([hidden])", "Before you submit: 1 of")
    editor.press("Enter")
    editor.shows("#review", "Before you submit: 2 of")
    editor.press("Control+Enter")
    editor.shows("#notices", "Submitted")
    editor.annotation_set.refresh_from_db()
    assert editor.annotation_set.shown_state == "submitted"
    editor.press("Control+Shift+Enter")
    editor.shows("#text", "Osk objected.")
    assert following.annotation_sets.get().annotator == editor.annotation_set.annotator
    assert editor.firefox.call("errors") == []
