"""The form and the preview of an export in a browser, by keyboard, with and without scripts."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from annotator.datasets.exports.models import Export
from annotator.platform.accounts.models import User
from projects.models import Project
from tests.browser.screens import faults_on_screens
from tests.conftest import MakeDocument, MakeSet
from tests.notation import make_spans

MakeContext = Callable[..., BrowserContext]


@pytest.fixture(autouse=True)
def finished(project: Project, make_document: MakeDocument, make_set: MakeSet) -> None:
    """A document on which two annotators agree."""
    text, spans = make_spans("Ada[Speaker] said [it may <b>rain</b> 🌧](Claim kind=prediction).\n")
    document = make_document(text)
    for name in "AB":
        make_set(document, name, spans)


def look(page: Page) -> None:
    """Select options by keyboard and open the preview."""
    page.goto("/projects/news/exports/")
    page.get_by_label("Consensus").press("Space")
    page.get_by_label("Format").focus()
    page.keyboard.type("Spans")
    page.get_by_text("Labels, attributes and notes").press("Enter")
    page.get_by_label("Claim", exact=True).press("Space")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_role("heading", name="Preview")).to_be_in_viewport()


@pytest.mark.parametrize("scripts", [True, False])
def test_preview_shows_selected_options_and_keeps_them(make_context: MakeContext, lead: User, scripts: bool) -> None:
    page = make_context(lead, java_script_enabled=scripts).new_page()
    look(page)

    row = json.loads(page.get_by_role("region", name="Row 1").inner_text())
    assert [(span["label"], span["text"], span["support"]) for span in row["spans"]] == [
        ("Claim", "it may <b>rain</b> 🌧", {"k": 2, "n": 2})
    ]
    assert not Export.objects.exists()
    expect(page.get_by_label("Consensus")).to_be_checked()
    expect(page.get_by_label("Claim", exact=True)).to_be_checked()

    with page.expect_navigation():
        page.get_by_role("button", name="Export data", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Export data")
    options = Export.objects.get().options
    assert (options["view"], options["format"], options["labels"]) == ("consensus", "span-ner", ["Claim"])


@pytest.mark.layout
def test_export_page_is_accessible_at_every_width(make_context: MakeContext, lead: User) -> None:
    page = make_context(lead).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    look(page)
    for summary in ("Overlapping and discontinuous", "Rows and options"):
        page.get_by_text(summary).click()
    assert faults_on_screens(page) == []
    assert complaints == []
