"""Previewing and importing files in a real browser, by keyboard, with and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import Span
from annotator.platform.accounts.models import User
from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job
from projects.models import Project
from tests.browser.screens import faults_on_screens
from tests.unit.imports.conftest import packed

MakeContext = Callable[..., BrowserContext]
ANN = b"T1\tPER 0 3\tAda\nT2\tClaim 9 11\tno\nA1\tkind T2 wish\nR1\tby Arg1:T2 Arg2:T1\n"
FILES = {"ada/one.txt": "Ada said\r\nno. 🙂".encode(), "ada/one.ann": ANN, "ada/two.txt": b"\xff"}


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path / "uploads"


def look(page: Page, *, scripts: bool = True) -> None:
    """Send a dirty archive and let a worker look at it."""
    page.goto("/projects/news/documents/import/")
    archive = FilePayload(name="corpus.zip", mimeType="application/zip", buffer=packed(FILES))
    page.get_by_label("Files", exact=True).set_input_files([archive])
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Preparing the preview")
    runner.run(Job.objects.order_by("-id")[0].pk)
    if not scripts:
        page.get_by_role("link", name="Reload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import preview")


@pytest.mark.parametrize("scripts", [True, False])
def test_names_are_chosen_by_keyboard_and_the_files_imported(
    make_context: MakeContext, project: Project, lead: User, scripts: bool
) -> None:
    page = make_context(lead, java_script_enabled=scripts).new_page()
    look(page, scripts=scripts)
    page.get_by_label("Label “PER”").focus()
    page.keyboard.type("Speaker")
    page.keyboard.press("Tab")
    page.keyboard.type("leave")
    expect(page.get_by_label("Label “PER”")).to_have_value("to:Speaker")
    expect(page.get_by_label("Attribute “kind”")).to_have_value("skip")
    page.keyboard.press("Tab")
    page.keyboard.type("Attributed")
    page.get_by_label("Import the good documents").press("Space")
    page.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Import")
    runner.run(Job.objects.order_by("-id")[0].pk)
    assert Document.objects.get().external_id == "one"
    assert sorted(Span.objects.values_list("label", flat=True)) == ["Claim", "Speaker"]


@pytest.mark.layout
def test_preview_is_accessible_and_fits(make_context: MakeContext, project: Project, lead: User) -> None:
    page = make_context(lead).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    look(page)
    page.get_by_text("How the files are read").click()
    assert faults_on_screens(page) == []
    assert complaints == []
