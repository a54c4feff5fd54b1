"""Several pages or users: readers, the next document, and changes made elsewhere."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from projects.models import Project
from projects.services import publish_guideline
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.polling import expect_value

# Whether the document after this one was fetched since this one was opened.
FETCHED_NEXT = """(() => {
  const opened = performance.getEntriesByName("editor:data").at(-1).startTime;
  return performance.getEntriesByType("resource")
    .some(({ name, startTime }) => name.endsWith("/upcoming/") && startTime > opened);
})()"""


def test_readers_change_nothing(
    open_editor: OpenEditor, make_context: Callable[..., BrowserContext], lead: User
) -> None:
    own = open_editor("Torvand[Speaker] denies it.")
    editor = EditorPage(make_context(lead).new_page(), own.annotation_set).open()

    expect(editor.page.locator("#notices")).to_contain_text("Read-only")
    editor.press("n", "Delete", "3", "Control+z")

    assert editor.covered() == [("Speaker", "Torvand")]
    expect(editor.page.get_by_role("button", name="Submit")).to_be_hidden()
    expect(editor.details.get_by_role("button", name="Delete this span")).to_be_disabled()


def test_conflict_of_two_pages_can_be_resolved(open_editor: OpenEditor) -> None:
    first = open_editor("She said [it rained](Claim quote_type=indirect voice=speaker kind=fact).")
    second = EditorPage(first.page.context.new_page(), first.annotation_set).open()
    second.page.route("**/changes/**", lambda route: route.abort())
    second.press("n", "d")
    expect(second.page.locator("#saving-text")).to_contain_text("Not saved")

    first.press("n", "m")
    first.wait_until_saved()
    second.page.unroute("**/changes/**")
    notice = second.page.locator("#notices")
    expect(notice).to_contain_text("also changed elsewhere")
    notice.get_by_role("button", name="Make my change").click()

    expect(notice).not_to_contain_text("changed elsewhere")
    assert second.stored()[0]["attributes"]["quote_type"] == "direct"


def test_another_tab_shows_that_the_set_was_submitted_and_reopened(open_editor: OpenEditor) -> None:
    first = open_editor("Torvand denies it.")
    second = EditorPage(first.page.context.new_page(), first.annotation_set).open()

    first.page.get_by_role("button", name="Submit").click()
    expect(second.page.locator("#notices")).to_contain_text("Submitted. Reopen it to make changes.")
    expect(second.page.get_by_role("status")).to_have_text("This annotation set was submitted elsewhere.")
    expect(second.page.get_by_role("button", name="Submit")).to_be_hidden()
    second.press("2")
    assert not first.annotation_set.spans.exists()

    second.page.get_by_role("button", name="Reopen").click()
    expect(first.page.get_by_role("button", name="Submit", exact=True)).to_be_visible()
    expect(first.page.locator("#notices")).not_to_contain_text("Submitted")
    first.text.focus()
    first.press("2")
    assert first.covered() == [("Speaker", "Torvand")]


def test_back_after_submitting_shows_the_state_of_now(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    editor.page.get_by_role("link", name="Annotator: your projects").click()
    expect(editor.page.get_by_role("heading", level=1)).to_be_visible()
    lifecycle.submit(editor.annotation_set, now=timezone.now())

    editor.page.go_back()

    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Submit")).to_be_hidden()


def test_next_document_asks_to_submit_this_one(open_editor: OpenEditor, make_document: Callable[..., Any]) -> None:
    editor = open_editor("Torvand denies it.")
    other = make_document("Another text.")

    editor.page.get_by_role("button", name="Next document").click()
    notice = editor.page.locator("#notices")
    expect(notice).to_contain_text("This document is not submitted.")
    notice.get_by_role("button", name="Go on annotating").click()
    expect(notice).to_be_empty()
    expect(editor.text).to_be_focused()

    editor.press("Control+Shift+Enter")
    notice.get_by_role("button", name="Submit and open next").click()
    expect(editor.page.get_by_role("heading", level=1)).to_have_text(other.title)
    editor.annotation_set.refresh_from_db()
    assert editor.annotation_set.shown_state == "submitted"


def test_next_document_opens_on_the_same_page(
    open_editor: OpenEditor, make_document: Callable[..., Any], ada: User
) -> None:
    editor = open_editor("Torvand denies it.")
    page, requested = editor.page, list[str]()
    page.on("request", lambda request: requested.append(f"{request.method} {urlsplit(request.url).path}"))
    heading, first = page.get_by_role("heading", level=1), page.url
    make_document("Osk left.\n", title="One", meta={"source": "Daily"})
    make_document("Osk left.\n", title="Two", meta={"source": "Daily"})
    Project.objects.update(shown_meta=["source"])
    page.evaluate("window.isSamePage = true")

    # Not fetched beforehand: the text is fetched once it is assigned.
    editor.press("2", "Control+Enter")
    expect(page.get_by_role("button", name="Next document")).to_be_focused()
    editor.press("Enter")
    expect(heading).not_to_have_text("Document 1")

    # Undoing the submit leads back, and the next document stays assigned. It is offered for ten seconds.
    page.get_by_role("button", name="Undo submit").click()
    expect(heading).to_have_text("Document 1")
    expect(page).to_have_url(first)
    expect(page.get_by_role("button", name="Submit", exact=True)).to_be_visible()
    editor.wait_until_quiet()
    editor.annotation_set.refresh_from_db()
    assert editor.annotation_set.shown_state == "open"
    assert editor.annotation_set.spans.count() == 1
    editor.press("Control+Enter")
    expect(page.get_by_role("button", name="Next document")).to_be_focused()
    one = open_set_of(ada)
    editor.press("Enter")
    expect(heading).to_have_text(one.document.title)
    expect(page).to_have_url(re.compile(rf"/annotation-sets/{one.pk}/$"))
    expect(page).to_have_title(f"{one.document.title} · Annotator")
    expect(page.locator(".document-meta")).to_have_text("sourceDaily")
    expect(editor.text).to_be_focused()

    # The one after it is fetched without being assigned; each key acts once.
    expect_value(page, lambda: page.evaluate(FETCHED_NEXT), bool)
    editor.press("Home", "2", "Escape", "ArrowRight", "3", "Control+z")
    assert EditorPage(page, one).covered() == [("Speaker", "Osk")]
    assert [document.title for document in Document.objects.filter(annotation_sets=None)] != []
    requested.clear()
    editor.press("Control+Enter")
    expect(page.get_by_role("button", name="Next document")).to_be_focused()
    editor.press("Enter")
    expect(heading).not_to_have_text(one.document.title)
    two = open_set_of(ada)
    expect(page.get_by_text("No spans yet")).to_be_visible()
    expect_value(page, lambda: requested.count("POST /api/v1/projects/news/next-document/"), lambda count: count == 1)
    assert not [line for line in requested if line.endswith("/editor/")]
    editor.press("Home", "1")
    assert EditorPage(page, two).covered() == [("Claim", "Osk")]
    assert page.evaluate("window.isSamePage")

    # Back loads the page of the document before.
    page.go_back()
    expect(heading).to_have_text(one.document.title)
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    assert not page.evaluate("Boolean(window.isSamePage)")
    assert editor.errors == []


def test_next_document_with_other_guidelines_is_a_page_of_its_own(
    open_editor: OpenEditor, make_document: Callable[..., Any], project: Project, lead: User
) -> None:
    editor = open_editor("Torvand denies it.")
    other = make_document("Osk left.\n", title="Other")
    publish_guideline(project, "Newer rules.", by=lead, now=timezone.now())
    editor.page.evaluate("window.isSamePage = true")

    editor.press("Control+Enter")
    expect(editor.page.get_by_role("button", name="Next document")).to_be_focused()
    editor.press("Enter")

    expect(editor.page.get_by_role("heading", level=1)).to_have_text(other.title)
    expect(editor.page.get_by_role("button", name="Undo submit")).to_be_visible()  # for ten seconds
    expect(editor.page.locator("#panel-guidelines")).to_contain_text("Newer rules.")
    assert not editor.page.evaluate("Boolean(window.isSamePage)")


def open_set_of(user: User) -> AnnotationSet:
    """Return the one open set of a user, of an assigned document."""
    [found] = AnnotationSet.objects.filter(annotator=user, state="open", submits_at=None)
    return found
