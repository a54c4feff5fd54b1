"""The review before submitting: findings at their places, waiving, submitting all the same."""

from playwright.sync_api import expect

from annotator.corpus.spans.models import SetState
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.polling import expect_value

TEXT = "Ada[Speaker] said [it rained](Claim quote_type=direct voice=speaker kind=prediction). Osk denied it."


def _state(editor: EditorPage) -> str:
    editor.annotation_set.refresh_from_db()
    return editor.annotation_set.shown_state


def test_review_leads_from_finding_to_finding(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, review=True)
    review = editor.page.locator("#review")
    before = editor.page.locator("#hints-open")
    expect(before).to_contain_text("hints")

    editor.press("Control+Enter")
    expect(review).to_contain_text("Before you submit: 1 of")
    expect(review.get_by_role("button", name="Next")).to_be_focused()
    message = review.locator("p").first.inner_text()
    expect(editor.page.get_by_role("status")).to_have_text(message)
    editor.press("Enter")
    expect(review).to_contain_text("Before you submit: 2 of")
    selected = editor.page.locator("#panel-details strong")
    expect_value(editor.page, selected.inner_text, lambda words: words in review.locator("p").first.inner_text())
    assert _state(editor) == SetState.OPEN

    editor.press("Escape")
    expect(review).to_be_hidden()
    expect(editor.text).to_be_focused()
    editor.press("Control+Enter", "Control+Enter")
    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()
    assert _state(editor) == SetState.SUBMITTED


def test_waived_hints_do_not_come_back(open_editor: OpenEditor) -> None:
    editor = open_editor("The sun rose.", review=True)
    review = editor.page.locator("#review")

    editor.press("Control+Enter")
    expect(review).to_contain_text("No span is labelled.")
    with editor.page.expect_response("**/waived-hints/"):
        editor.press("w")
    expect(review).to_contain_text("nothing is left")
    editor.press("Escape")
    editor.page.reload()
    expect(editor.page.locator("#labels button").first).to_be_visible()
    editor.press("Control+Enter")

    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()
    assert _state(editor) == SetState.SUBMITTED
    assert editor.annotation_set.waived_hints == ["empty:0"]


def test_default_looks_unconfirmed_until_it_is_chosen(open_editor: OpenEditor) -> None:
    editor = open_editor("Ada said it rained.", review=True)
    editor.press("2")
    group = editor.details.locator("fieldset", has_text="Kind").last

    expect(group).to_contain_text("(not confirmed)")
    with editor.page.expect_response("**/waived-hints/"):
        group.locator(".segment", has_text="Person").click()
    expect(group).not_to_contain_text("(not confirmed)")
    expect(editor.page.get_by_role("status")).to_contain_text("Person")
    editor.wait_until_saved()
    editor.annotation_set.refresh_from_db()
    assert len(editor.annotation_set.waived_hints) == 1


def test_project_without_the_review_submits_at_once(open_editor: OpenEditor) -> None:
    editor = open_editor("Ada said it rained.")

    editor.press("Control+Enter")

    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(editor.page.locator("#review")).to_be_hidden()


def test_tomorrow_test_is_one_question_with_two_keys(open_editor: OpenEditor) -> None:
    editor = open_editor("[It rained](Claim voice=narrator). [No comment](Denial kind=contradiction).", review=True)
    review = editor.page.locator("#review")

    editor.press("Control+Enter")
    expect(review).to_be_visible()
    answer = review.get_by_role("button", name="Yes: denial")
    while not answer.is_visible():
        message = review.locator("p").first.inner_text()
        editor.press("Enter")
        expect(review.locator("p").first).not_to_have_text(message)
    editor.press("n")
    expect(review).not_to_contain_text("contradicted what they said")
    expect(editor.page.get_by_role("status")).to_contain_text("Denial became Hedge")
    editor.wait_until_saved()
    answered = editor.annotation_set.spans.get(label="Hedge").attributes
    assert (answered["tomorrow"], answered["kind"]) == ("open", "non-answer")
    editor.press("Escape", "Control+z")
    expect(editor.details).to_contain_text("Denial")
