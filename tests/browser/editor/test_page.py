"""The whole page: accessible, narrow, light and dark, offline, in two tabs, without JavaScript."""

from functools import partial
from operator import not_ as is_empty
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import expect

from annotator.platform.accounts.models import User
from annotator.workload.questions.models import Question
from annotator.workload.questions.services import comment
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.polling import expect_value
from tests.browser.screens import COLOUR_RULES, RESIZED, axe_faults
from tests.conftest import NOW

TEXT = "Torvand[Speaker] denies[Denial] [that Osk[Speaker] was told](Claim kind=fact) so.\n\n" * 12
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assert_accessible(editor: EditorPage) -> None:
    """Fail with what axe finds, in dark with its rules about colour alone."""
    faults = axe_faults(editor.page, "dark", COLOUR_RULES)
    assert faults + axe_faults(editor.page, "light", {"runOnly": {"type": "tag", "values": RULES}}) == []


def test_axe_finds_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    assert_accessible(editor)
    editor.press("n", "n", "n")
    assert_accessible(editor)
    editor.press("a")
    assert_accessible(editor)


def test_axe_finds_nothing_in_help_and_guidelines(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    editor.press("g")
    expect(editor.page.locator("#panel-guidelines")).to_contain_text("Rules")
    assert_accessible(editor)
    editor.press("?")
    expect(editor.page.get_by_role("dialog")).to_contain_text("Ctrl + Shift + Z")
    # The dialog opens at the shortcuts; axe takes a field that scrolling cuts in two for one that is covered.
    editor.page.locator("#settings-looks").evaluate("each => each.scrollIntoView({ block: 'end' })")
    assert_accessible(editor)
    editor.press("Escape")
    expect(editor.page.get_by_role("dialog")).to_be_hidden()
    expect(editor.text).to_be_focused()


@pytest.mark.layout
def test_narrow_screen_needs_no_sideways_scrolling(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, viewport={"width": 390, "height": 844})

    for width, height in ((390, 844), (320, 640), (320, 256)):
        editor.page.set_viewport_size({"width": width, "height": height})
        editor.page.evaluate(RESIZED, width)
        assert_no_sideways_scrolling(editor, width)
        if (width, height) == (320, 640):
            for label in editor.page.locator("#labels button").all():
                expect(label).to_be_in_viewport(ratio=0.99)
        editor.press("Escape")
        expect(editor.page.locator("#popover")).to_be_hidden()


def assert_no_sideways_scrolling(editor: EditorPage, width: int) -> None:
    for part in ("Selected", "Guidelines", "Spans"):
        editor.page.get_by_role("button", name=part, exact=True).click()
        overflow = "document.documentElement.scrollWidth - window.innerWidth"
        expect_value(editor.page, partial(editor.page.evaluate, overflow), lambda pixels: pixels <= 0)
    editor.page.get_by_role("button", name="Spans", exact=True).click()  # closes the sheet
    editor.drag("was told")
    expect(editor.page.locator("#popover")).to_be_visible()
    expect_value(
        editor.page,
        editor.page.locator("#popover").bounding_box,
        lambda box: bool(box and box["x"] >= 0 and box["x"] + box["width"] <= width),
    )


def test_touch_selects_with_the_handles_of_the_browser(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies the deal.", has_touch=True, viewport={"width": 390, "height": 844})
    select = """() => {
      const node = document.querySelector("#text .block").firstChild;
      getSelection().setBaseAndExtent(node, 9, node, 17);
    }"""

    editor.page.touchscreen.tap(60, 400)
    editor.page.evaluate(select)
    editor.page.locator("#popover").get_by_role("button", name="Denial").tap()

    assert editor.covered() == [("Denial", "denies the")]


def test_offline_changes_are_kept_and_sent_later(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")

    editor.page.context.set_offline(True)
    editor.press("2", "Escape", "ArrowRight", "3")
    expect(editor.page.locator("#saving-text")).to_contain_text("2 changes are stored")
    assert not editor.annotation_set.spans.exists()
    editor.page.context.set_offline(False)

    assert editor.covered() == [("Speaker", "Torvand"), ("Denial", "denies")]


def test_unsent_changes_survive_closing_the_page(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.page.context.route("**/changes/", lambda route: route.abort())
    editor.press("2")
    expect(editor.page.locator("#saving-text")).to_contain_text("1 change is stored")
    context = editor.page.context
    editor.page.close()
    context.unroute("**/changes/")

    again = EditorPage(context.new_page(), editor.annotation_set).open()

    expect(again.rows.get_by_role("button")).to_contain_text("Torvand")
    assert again.covered() == [("Speaker", "Torvand")]


def test_two_tabs_share_their_changes(open_editor: OpenEditor) -> None:
    first = open_editor("Torvand denies it.")
    second = EditorPage(first.page.context.new_page(), first.annotation_set).open()

    first.press("2")
    first.wait_until_saved()
    second.press("ArrowRight", "3")
    second.wait_until_saved()

    for tab in (first, second):
        tab.page.bring_to_front()
        expect(tab.rows.locator("li")).to_have_count(2)
    assert first.covered() == [("Speaker", "Torvand"), ("Denial", "denies")]


def test_text_is_readable_without_javascript(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand[Speaker] denies it.")
    context = editor.page.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False, storage_state=editor.page.context.storage_state()
    )
    page = context.new_page()

    page.goto(editor.page.url)

    expect(page.locator("mark.label-1")).to_contain_text("Torvand")
    expect(page.get_by_role("link", name="open the editor")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    context.close()


def test_very_long_line_can_be_labelled(open_editor: OpenEditor) -> None:
    text = " ".join(f"word{number} said." for number in range(8000))
    editor = open_editor(text, marked=False)

    editor.press("Control+End", "ArrowLeft", "ArrowLeft", "1")

    expect(editor.page.locator(".mark-selected")).to_be_in_viewport()
    assert editor.covered() == [("Claim", "word7999")]


def test_page_keeps_its_budget_of_requests(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    names = editor.page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")

    assert len(names) + 1 <= 40
    paths = [urlsplit(name).path.removeprefix("/static/") for name in names if name.endswith((".js", ".css"))]
    assert any("editor/main" in path for path in paths)
    later = editor.page.evaluate("JSON.parse(document.querySelector('#editor-personal').textContent).module")
    paths = sorted({*paths, later.removeprefix("/static/")})
    # Bytes on the wire: the server sends files that were compressed with brotli when they were collected.
    assert sum((settings.STATIC_ROOT / f"{path}.br").stat().st_size for path in paths) <= 70_000


def test_submit_and_next_document_have_keys(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand[Speaker] denies it.")

    editor.press("n", "3", "Control+Enter")
    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Next document")).to_be_focused()
    editor.annotation_set.refresh_from_db()
    assert (editor.annotation_set.shown_state, editor.annotation_set.spans.get().label) == ("submitted", "Denial")
    editor.text.focus()
    editor.press("Control+Enter")
    expect(editor.page.get_by_role("status")).to_contain_text("There is nothing to submit on this page.")
    here = editor.page.url
    editor.page.get_by_role("button", name="Reopen").focus()
    editor.press("Control+Shift+Enter")
    editor.page.wait_for_url(lambda url: url != here)


# What does not fit into a window of this size, or leaves the text less than a share of its height.
WRONG_BOXES = """([width, height, share]) => {
  const wrong = ["#text-pane", ".label-bar", ".status-line", "#panel", "#submit"].filter((selector) => {
    const { top, bottom, right, height: own } = document.querySelector(selector).getBoundingClientRect();
    const isLow = selector === "#text-pane" && own < height * share;
    return top < 0 || bottom > height + 0.5 || right > width + 0.5 || isLow;
  });
  if (document.documentElement.scrollHeight > innerHeight) wrong.push("scrolls");
  return innerWidth === width ? wrong : ["has another width"];
}"""


@pytest.mark.layout
@pytest.mark.parametrize(("scale", "screens"), [(2, [(720, 450)]), (1, [(844, 390), (390, 844), (683, 384)])])
def test_text_labels_and_panel_fit_on_a_small_screen(
    open_editor: OpenEditor, scale: int, screens: list[tuple[int, int]]
) -> None:
    width, height = screens[0]
    editor = open_editor(TEXT, viewport={"width": width, "height": height}, device_scale_factor=scale)

    for part in (None, "Spans", "Selected", "Guidelines"):
        if part:
            editor.page.get_by_role("button", name=part, exact=True).click()
        for width, height in screens:
            editor.page.set_viewport_size({"width": width, "height": height})
            share = 0.35 if part else 0.5
            expect_value(editor.page, partial(editor.page.evaluate, WRONG_BOXES, [width, height, share]), is_empty)


@pytest.mark.layout
def test_phone_shows_no_key_badges(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, viewport={"width": 390, "height": 844}, has_touch=True)
    editor.press("n")
    editor.page.get_by_role("button", name="Selected", exact=True).click()

    expect(editor.details.get_by_role("button", name="Delete this span")).to_be_visible()
    assert editor.page.locator("main kbd:visible").count() == 0


def test_status_line_shows_what_is_announced(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    line = editor.page.get_by_role("status")

    editor.press("2")
    expect(line).to_have_text("Speaker “Torvand” added. Canonical name: Enter takes “Torvand”.")
    editor.press("u")
    expect(line).to_have_text("No unlabelled sentence after this one.")
    expect(line).to_have_attribute("data-kind", "refused")
    expect(line).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1280])
def test_printed_page_marks_the_right_words(open_editor: OpenEditor, width: int) -> None:
    editor = open_editor(
        "[Torvand[Speaker] denies[Denial] it](Claim kind=fact), he said.\n\nOsk[Speaker] left.",
        viewport={"width": width, "height": 800},
    )
    editor.page.wait_for_selector("#removed-relations", state="attached")  # with what prints
    editor.wait_until_quiet()
    # Reading it after the listener of the page has drawn it.
    editor.page.evaluate(
        """() => addEventListener("beforeprint", () => setTimeout(() => {
          window.printed = document.querySelector("article.print")?.textContent;
        }))"""
    )
    editor.page.pdf()
    editor.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    editor.page.emulate_media(media="print")

    article = editor.page.locator("article.print")
    expect(article.locator("mark.label-1")).to_have_text(["Torvand", "Osk"])
    expect(article.locator("sup")).to_have_text(["Speaker", "Denial", "Claim", "Speaker"])
    expect(article).to_be_visible()
    expect(editor.text).to_be_hidden()
    expect_value(editor.page, lambda: editor.page.evaluate("String(window.printed)"), lambda words: "Torvand" in words)
    editor.page.evaluate("dispatchEvent(new Event('afterprint'))")
    editor.page.emulate_media(media="screen")
    expect(editor.text).to_be_visible()


def test_questions_are_asked_beside_the_text(open_editor: OpenEditor, ada: User) -> None:
    """The panel is loaded when it is opened; the selected span is what the question is about."""
    editor = open_editor("Oh, 😀 Ada[Speaker] denies it.")
    page, scripts = editor.page, "performance.getEntriesByType('resource').some(({name}) => name.includes('%s'))"
    assert not page.evaluate(scripts % "editor/questions")
    editor.click("Ada")

    editor.press("F7")
    panel = page.get_by_role("region", name="Questions about this document")
    field = panel.get_by_label("Question to the leads")
    expect(field).to_be_focused()
    expect(panel).to_contain_text("About “Ada”")
    page.keyboard.type("Is Ada a speaker here?")
    page.keyboard.press("Control+Enter")

    thread = panel.locator("summary", has_text="Is Ada a speaker here?")
    expect(thread).to_contain_text("waits for a lead")
    expect(field).to_have_value("")
    question = Question.objects.get()
    assert (question.quote, question.label, question.document) == ("Ada", "Speaker", editor.annotation_set.document)
    comment(question, by=ada, text="I mean <b>Ada</b>.", now=NOW)
    thread.click()
    expect(panel.locator(".questions__comments")).to_contain_text("I mean <b>Ada</b>.")
    field.press("Escape")
    expect(editor.text).to_be_focused()
    page.set_viewport_size({"width": 320, "height": 640})
    expect(panel).to_be_hidden()  # once the page has noticed that it is narrow
    editor.press("F7")
    expect(panel.get_by_role("button", name="Ask the leads")).to_be_in_viewport(ratio=1)
    assert editor.errors == []
