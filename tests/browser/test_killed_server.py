"""A server that is killed under open pages and started again: every change and every decision arrives once."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.editor.editor_page import QUIET
from tests.browser.running_site import make_site
from tests.stores.installation import Installation, descendants, kill
from tests.waiting import LONG_MILLISECONDS, wait_for

TEXT = "One two three four five six seven eight nine ten."
SCHEMA = {
    "labels": [{"id": "Number"}],
    "document_attributes": [{"id": "genre", "name": "Genre", "choices": [{"id": "news"}, {"id": "op-ed"}]}],
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """A separate installation."""
    installation = make_site(tmp_path / "var")
    try:
        yield installation
    finally:
        installation.close()


def _serve(site: Installation) -> int:
    """Start the site and return its process."""
    ready = site.log.count("The worker is ready") if (site.folder / "log").exists() else 0
    process: Popen[bytes] = site.start("serve")
    wait_for(lambda: site.log.count("The worker is ready") > ready, why=lambda: site.log)
    return process.pid


def _kill_all(pid: int) -> None:
    """Kill supervisor, web server and worker at once, as a power cut does."""
    for process in [pid, *descendants(pid)]:
        kill(process)


def _make_projects(site: Installation, folder: Path) -> str:
    """Make a project to annotate and one to adjudicate, and their lead; return the password."""
    printed = site.manage("create_user", "lena", "--generate")
    password = re.search(r"Password: (\S+)", printed)
    assert password, printed
    text, schema, corpus = folder / "count.txt", folder / "schema.json", folder / "corpus.jsonl"
    text.write_text(TEXT)
    site.manage("create_project", "cuts", "--lead", "lena")
    site.manage("import_documents", "cuts", str(text))
    # Two contested units and a contested attribute of the document.
    spans = [{"id": f"a{at}", "label": "Number", "fragments": [[at, at + 3]]} for at in (0, 4)]
    sets = {
        "A": {"spans": spans, "relations": [], "document_attributes": {"genre": "news"}},
        "B": {"spans": [], "relations": [], "document_attributes": {"genre": "op-ed"}},
    }
    schema.write_text(json.dumps(SCHEMA))
    corpus.write_text(json.dumps({"text": TEXT, "title": "Count", "annotators": sets}))
    site.manage("create_project", "contested", "--lead", "lena", "--schema", str(schema))
    site.manage("import_documents", "contested", str(corpus))
    return password[1]


def _open_editors(site: Installation, context: BrowserContext, password: str) -> list[Page]:
    """Sign in and return two pages that show one annotation set."""
    first, second = context.new_page(), context.new_page()
    first.goto(f"http://127.0.0.1:{site.port}/projects/cuts/work/")
    first.get_by_label("User name").fill("lena")
    first.get_by_label("Password").fill(password)
    first.get_by_role("button", name="Sign in").click()
    first.get_by_role("button", name="Annotate in this project").click()
    first.get_by_role("button", name="Next document").click()
    expect(first.locator("#labels button").first).to_be_visible()
    second.goto(first.url)
    expect(second.locator("#labels button").first).to_be_visible()
    return [first, second]


def _open_desk(site: Installation, context: BrowserContext) -> Page:
    """Begin the adjudication and return its page."""
    [(document,)] = site.rows(
        "SELECT documents_document.id FROM documents_document JOIN projects_project"
        " ON projects_project.id = project_id WHERE slug = 'contested'"
    )
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{site.port}/documents/{document}/adjudication/")
    page.get_by_role("button", name="Start adjudication").click()
    expect(page.locator("#unit-heading")).to_be_visible()
    wait_for(lambda: page.evaluate("performance.getEntriesByType('resource').some(({ name }) => /unit=/.test(name))"))
    return page


def _label(page: Page, *, first: int, count: int) -> None:
    page.bring_to_front()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    for _ in range(first):
        page.keyboard.press("ArrowRight")
    for _ in range(count):
        for key in ("2", "Escape", "ArrowRight"):
            page.keyboard.press(key)


def _decide_twice(page: Page) -> None:
    """Take version A of one unit, choose a version of the other, with notes, while the server is down."""
    page.bring_to_front()
    work = page.locator("#work")
    first = work.get_attribute("data-unit")
    page.get_by_label("Note").press_sequentially("typed before")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(work).not_to_have_attribute("data-unit", str(first))
    page.keyboard.press("2")
    expect(page.locator("[name=version][aria-pressed=true] kbd")).to_have_text("2")
    page.get_by_label("Note").press_sequentially("typed later")
    expect(page.locator("#saving-text")).to_have_text(
        re.compile("2 changes are stored in this browser and will be sent automatically.")
    )


def test_restarted_server_gets_every_change_and_decision_once(
    site: Installation, chromium: Browser, tmp_path: Path
) -> None:
    password, context = _make_projects(site, tmp_path), chromium.new_context()
    context.set_default_timeout(LONG_MILLISECONDS)
    server = _serve(site)
    editors = _open_editors(site, context, password)
    desk = _open_desk(site, context)
    _label(editors[0], first=0, count=2)
    editors[0].evaluate(QUIET)
    expect(editors[0].locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")

    _kill_all(server)
    for page, first in zip(editors, (2, 6), strict=True):
        _label(page, first=first, count=4)
    for page in editors:
        expect(page.locator("#saving-text")).to_contain_text("4 changes are stored")
    _decide_twice(desk)
    server = _serve(site)

    for page in editors:
        page.bring_to_front()
        expect(page.locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")
        expect(page.locator("#spans-count")).to_contain_text("10")
    desk.bring_to_front()
    expect(desk.locator("#saving-text")).to_have_text("All changes saved")
    expect(desk.get_by_label("Note")).to_have_value("typed later")
    expect(desk.get_by_text("decided", exact=True)).to_be_visible()

    # The server is killed again before the adjudication is completed.
    desk.keyboard.press("Escape")
    desk.keyboard.press("b")
    complete = desk.get_by_role("button", name="Complete adjudication")
    expect(complete).to_be_visible()
    _kill_all(server)
    complete.press("Enter")
    expect(desk.locator("#saving-text")).to_contain_text("1 change is stored")
    _serve(site)
    expect(desk.get_by_text("Adjudicated by lena")).to_be_visible()
    context.close()

    _check_annotations(site)
    _check_decisions(site)


def _check_annotations(site: Installation) -> None:
    """Check that the changes of both editors are stored once."""
    of_cuts = """ JOIN spans_annotationset ON spans_annotationset.id = annotation_set_id
        JOIN documents_document ON documents_document.id = document_id
        JOIN projects_project ON projects_project.id = project_id WHERE slug = 'cuts' """
    spans = site.rows(f'SELECT start, "end" FROM spans_span{of_cuts}ORDER BY start')
    assert [TEXT[start:end] for start, end in spans] == TEXT.rstrip(".").split()
    kinds = site.rows(f"SELECT spans_change.kind, payload FROM spans_change{of_cuts}ORDER BY spans_change.revision")
    assert [kind for kind, _ in kinds] == ["add_span"] * 10, json.dumps([str(row) for row in kinds])


def _check_decisions(site: Installation) -> None:
    """Check that each decision and the attribute of the document are stored once."""
    decisions = site.rows("SELECT kind, note FROM adjudication_decision WHERE by_id IS NOT NULL ORDER BY id")
    assert decisions == [("take", "typed before"), ("take", "typed later")]
    assert site.rows("SELECT COUNT(*) FROM adjudication_step") == [(2,)]
    answers = site.rows("SELECT payload FROM spans_change WHERE kind = 'update_span' ORDER BY revision")
    assert [json.loads(payload)["after"]["attributes"].keys() for (payload,) in answers] == [{"genre"}]
