"""Personal settings: saved on the server, applied at once, on the next page and on other devices."""

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import expect

from annotator.platform.accounts.models import Preferences
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.editor.test_page import assert_accessible
from tests.browser.polling import expect_value

TEXT = "Torvand[Speaker] denies[Denial] [that Osk[Speaker] was told](Claim kind=fact) so.\n\n" * 6
LOADED = "performance.getEntriesByType('resource').some((entry) => entry.name.includes('editor/extras'))"
SIZE = "Number.parseFloat(getComputedStyle(document.querySelector('#text')).fontSize)"


def settings(editor: EditorPage) -> Any:
    editor.text.focus()
    editor.press("o")
    dialog = editor.page.get_by_role("dialog", name="Settings")
    expect(dialog).to_be_visible()
    return dialog


def again(editor: EditorPage) -> EditorPage:
    return EditorPage(editor.page.context.new_page(), editor.annotation_set).open()


@pytest.mark.layout
def test_looks_are_saved_and_spans_follow_the_text(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, color_scheme="light")
    before = editor.page.evaluate(SIZE)

    dialog = settings(editor)
    with editor.page.expect_response("**/me/preferences/"):
        dialog.get_by_label("Text size", exact=True).select_option("150")
    with editor.page.expect_response("**/me/preferences/"):
        dialog.get_by_label("Colours", exact=True).select_option("dark")
    with editor.page.expect_response("**/me/preferences/"):
        dialog.get_by_label("Line spacing", exact=True).select_option("roomy")
    with editor.page.expect_response("**/me/preferences/"):
        dialog.get_by_label("Line width", exact=True).select_option("narrow")
    dialog.get_by_role("button", name="Close").click()

    expect_value(editor.page, lambda: editor.page.evaluate(SIZE), lambda size: size == pytest.approx(1.5 * before))
    tint = editor.page.locator("svg.lanes path.tint.label-2").first
    expect_value(
        editor.page, tint.bounding_box, lambda box: bool(box and abs(box["x"] - editor.box("denies")["first"]["x"]) < 2)
    )
    other = again(editor)
    expect_value(other.page, lambda: other.page.evaluate(SIZE), lambda size: size == pytest.approx(1.5 * before))
    expect(other.page.locator("#text-pane")).to_have_css("background-color", "rgb(21, 23, 26)")
    assert Preferences.objects.get().editor_preferences["line_width"] == "narrow"


def test_changed_shortcut_works_at_once_and_can_be_reset(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    dialog = settings(editor)
    dialog.get_by_role("button", name="Change the key of “Next span”").click()
    editor.press("p")
    expect(dialog.locator("#settings-problem")).to_contain_text("“Previous span” uses this key")
    with editor.page.expect_response("**/me/preferences/"):
        editor.press("q")
    expect(dialog.locator("#settings-problem")).to_have_text("The key of “Next span”: q.")
    dialog.get_by_role("button", name="Close").click()
    editor.text.focus()
    editor.press("n")
    expect(editor.rows.locator("[aria-current=true]")).to_have_count(0)
    editor.press("q")
    expect(editor.rows.locator("[aria-current=true]")).to_have_count(1)

    other = again(editor)
    other.press("q")
    expect(other.rows.locator("[aria-current=true]")).to_have_count(1)
    dialog = settings(other)
    with other.page.expect_response("**/me/preferences/"):
        dialog.get_by_role("button", name="Reset shortcuts").click()
    assert Preferences.objects.get().editor_preferences["keys"] == {}


def test_attribute_keys_can_be_changed(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    dialog = settings(editor)
    dialog.get_by_role("button", name="Change the key of “Claim: Voice: Narrator”").click()
    editor.press("q")
    dialog.get_by_role("button", name="Change the key of “Claim”", exact=False).first.click()
    editor.press("F2")
    expect(dialog.locator("#settings-problem")).to_contain_text("“Find a label” uses this key")
    editor.press("F4")
    dialog.get_by_role("button", name="Close").click()

    editor.text.focus()
    editor.press("n", "n", "n", "q")

    assert editor.stored()[2]["attributes"]["voice"] == "narrator"
    labels = editor.page.get_by_role("group", name="Labels", exact=True)
    expect(labels.get_by_role("button", name="Claim")).to_have_attribute("aria-keyshortcuts", "F4")
    expect(editor.details.locator(".segment", has_text="Narrator").locator("kbd")).to_have_text("q")


def test_unsaved_settings_apply_to_this_page_only(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    dialog = settings(editor)
    editor.page.route("**/me/preferences/", lambda route: route.abort())

    dialog.get_by_label("Text size", exact=True).select_option("200")

    expect(dialog.locator("#settings-problem")).to_contain_text("applies to this page only")
    expect_value(editor.page, lambda: editor.page.evaluate(SIZE), lambda size: size > 30)


@pytest.mark.layout
def test_reading_mode_changes_the_role_of_the_text(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    expect(editor.text).to_have_attribute("role", "application")

    dialog = settings(editor)
    with editor.page.expect_response("**/me/preferences/"):
        dialog.get_by_label("Reading mode").check()
    dialog.get_by_role("button", name="Close").click()

    expect(editor.text).to_have_attribute("role", "document")
    other = again(editor)
    expect(other.text).to_have_attribute("role", "document")
    assert_accessible(other)


def test_axe_finds_nothing_in_settings_and_finding(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    settings(editor)
    assert_accessible(editor)
    editor.press("Escape")
    editor.text.focus()
    editor.press("n", "l")
    expect(editor.page.locator("#find-list li")).not_to_have_count(0)
    assert_accessible(editor)
    editor.page.get_by_role("button", name="Spans", exact=True).click()
    editor.page.get_by_role("button", name="Select multiple").click()
    assert_accessible(editor)


@pytest.mark.layout
def test_settings_and_finding_fit_a_narrow_screen(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, viewport={"width": 320, "height": 640})

    def focus() -> None:
        editor.text.focus()

    for step in (lambda: settings(editor), lambda: editor.press("Escape"), focus, lambda: editor.press("/")):
        step()
        overflow = "document.documentElement.scrollWidth - window.innerWidth"
        expect_value(editor.page, partial(editor.page.evaluate, overflow), lambda pixels: pixels <= 0)
    expect(editor.page.get_by_role("searchbox", name="Find in the document")).to_be_focused()
    dialog = settings(editor)
    wider = "(element) => element.scrollWidth - element.clientWidth"
    expect_value(editor.page, lambda: dialog.evaluate(wider), lambda pixels: pixels <= 0)


def test_guidelines_open_at_the_rule_for_the_label(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    filler = "\n\n".join(f"Paragraph {number}." for number in range(60))
    guidelines = editor.annotation_set.guideline_version
    guidelines.text = f"# Denials and more\n\n{filler}\n\n## Which kind of Denial?\n\nOne of four.\n\n{filler}"
    guidelines.save()
    editor.open()

    editor.press("n", "n", "g")
    rule = editor.page.locator("#panel-guidelines .rule-at-hand")
    expect(rule).to_have_text("Which kind of Denial?")
    expect(rule).to_be_in_viewport()
    expect(editor.page.locator("#announcements")).to_have_text("Guidelines for Denial: Which kind of Denial?")
    editor.press("g")

    expect(editor.page.locator("#panel-spans")).to_be_visible()


def test_help_lists_no_keys_of_hidden_labels_and_is_searched(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)

    editor.press("?")

    dialog = editor.page.get_by_role("dialog", name="Settings and help")
    expect(dialog).to_contain_text("Hedge")
    expect(dialog).not_to_contain_text("Cue")
    search = dialog.get_by_role("searchbox")
    expect(search).to_be_focused()
    search.fill("SPACING line")
    expect(dialog.get_by_label("Line spacing", exact=True)).to_be_visible()
    expect(dialog.get_by_label("Text size", exact=True)).to_be_hidden()
    expect(dialog.get_by_role("heading", name="Pointer")).to_be_hidden()
    search.fill("round handles")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    search.fill("zebra")
    expect(dialog.get_by_role("status")).to_have_text("Nothing found.")


def test_first_steps_are_hidden_for_good_and_the_panel_is_divided(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    tips = editor.page.get_by_role("complementary", name="First steps")
    expect(tips.get_by_role("listitem")).to_have_count(3)
    with editor.page.expect_response("**/me/preferences/"):
        tips.get_by_role("button", name="Hide tips").click()
    expect(editor.text).to_be_focused()
    splitter = editor.page.get_by_role("separator", name="Height of the selected span")
    top = editor.details.bounding_box()["y"]  # type: ignore[index]
    box = splitter.bounding_box()
    assert box
    editor.page.mouse.move(box["x"] + 40, box["y"] + 3)
    editor.page.mouse.down()
    editor.page.mouse.move(box["x"] + 40, 300)
    editor.page.mouse.up()
    expect_value(editor.page, editor.details.bounding_box, lambda box: box["y"] == pytest.approx(300, abs=12))  # type: ignore[index]
    splitter.press("ArrowDown")
    value = splitter.get_attribute("aria-valuenow")

    other = again(editor)

    expect(other.page.locator("#tips")).to_have_count(0)
    splitter = other.page.get_by_role("separator", name="Height of the selected span")
    expect(splitter).to_have_attribute("aria-valuenow", str(value))
    splitter.dblclick()
    expect_value(other.page, other.details.bounding_box, lambda box: box["y"] == pytest.approx(top, abs=2))  # type: ignore[index]


def test_help_settings_and_finding_work_offline(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT)
    editor.press("?")
    expect(editor.page.get_by_role("dialog")).to_be_visible()
    editor.press("Escape")
    editor.page.wait_for_function(f"() => {LOADED}")

    editor.text.focus()
    editor.page.context.set_offline(True)
    editor.press("?")
    expect(editor.page.get_by_role("dialog")).to_contain_text("Ctrl + Shift + Z")
    editor.press("Escape")
    editor.text.focus()
    editor.press("/")

    expect(editor.page.get_by_role("searchbox", name="Find in the document")).to_be_focused()


def test_print_view_is_always_light(open_editor: OpenEditor) -> None:
    editor = open_editor(TEXT, color_scheme="light")
    dialog = settings(editor)
    with editor.page.expect_response("**/me/preferences/"):
        dialog.get_by_label("Colours", exact=True).select_option("dark")

    dialog.get_by_role("link", name="Print view").click()
    expect(editor.page.locator(".text--plain")).to_have_css("color", "rgb(232, 234, 237)")
    editor.page.emulate_media(media="print")

    expect(editor.page.locator(".text--plain")).to_have_css("color", "rgb(27, 29, 33)")
