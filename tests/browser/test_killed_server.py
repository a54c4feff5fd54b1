"""A server that is killed under open pages and started again: every change and every decision arrives once."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stores.installation import Installation, descendants, kill
from tests.waiting import LONG_MILLISECONDS, wait_for

TEXT = "One two three four five six seven eight nine ten."


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """A separate installation."""
    installation = Installation(tmp_path / "var")
    installation.environment["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
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


def _begin(site: Installation, page: Page, folder: Path) -> None:
    password = _user(site)
    site.manage("create_project", "cuts", "--lead", "lena")
    text = folder / "count.txt"
    text.write_text(TEXT)
    site.manage("import_documents", "cuts", str(text))
    page.goto(f"http://127.0.0.1:{site.port}/projects/cuts/work/")
    _sign_in(page, password)
    page.get_by_role("button", name="Annotate in this project").click()
    page.get_by_role("button", name="Next document").click()
    expect(page.locator("#labels button").first).to_be_visible()


def _user(site: Installation) -> str:
    printed = site.manage("create_user", "lena", "--generate")
    password = re.search(r"Password: (\S+)", printed)
    assert password, printed
    return password[1]


def _sign_in(page: Page, password: str) -> None:
    page.get_by_label("User name").fill("lena")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def _label(page: Page, *, first: int, count: int) -> None:
    page.bring_to_front()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    for _ in range(first):
        page.keyboard.press("ArrowRight")
    for _ in range(count):
        for key in ("2", "Escape", "ArrowRight"):
            page.keyboard.press(key)


def test_restarted_server_gets_every_change_of_two_pages_once(
    site: Installation, chromium: Browser, tmp_path: Path
) -> None:
    context = chromium.new_context()
    context.set_default_timeout(LONG_MILLISECONDS)
    server = _serve(site)
    first = context.new_page()
    _begin(site, first, tmp_path)
    second = context.new_page()
    second.goto(first.url)
    expect(second.locator("#labels button").first).to_be_visible()
    _label(first, first=0, count=2)
    expect(first.locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")

    _kill_all(server)
    _label(first, first=2, count=4)
    _label(second, first=6, count=4)
    for page in (first, second):
        expect(page.locator("#saving-text")).to_contain_text("4 changes are stored")
    _serve(site)

    for page in (first, second):
        page.bring_to_front()
        expect(page.locator("[data-state=saved] #saving-text")).to_have_text("All changes saved")
        expect(page.locator("#spans-count")).to_contain_text("10")
    spans = site.rows('SELECT start, "end" FROM spans_span ORDER BY start')
    assert [TEXT[start:end] for start, end in spans] == TEXT.rstrip(".").split()
    kinds = site.rows("SELECT kind, payload FROM spans_change ORDER BY revision")
    assert [kind for kind, _ in kinds] == ["add_span"] * 10, json.dumps([str(row) for row in kinds])
    context.close()


SCHEMA = {
    "labels": [{"id": "Number"}],
    "document_attributes": [{"id": "genre", "name": "Genre", "choices": [{"id": "news"}, {"id": "op-ed"}]}],
}


def _adjudicate(site: Installation, context: BrowserContext, folder: Path) -> Page:
    """Begin an adjudication with two contested units and a contested attribute of the document; return its page."""
    password = _user(site)
    schema, corpus = folder / "schema.json", folder / "corpus.jsonl"
    schema.write_text(json.dumps(SCHEMA))
    spans = [{"id": f"a{at}", "label": "Number", "fragments": [[at, at + 3]]} for at in (0, 4)]
    sets = {
        "A": {"spans": spans, "relations": [], "document_attributes": {"genre": "news"}},
        "B": {"spans": [], "relations": [], "document_attributes": {"genre": "op-ed"}},
    }
    corpus.write_text(json.dumps({"text": TEXT, "title": "Count", "annotators": sets}))
    site.manage("create_project", "cuts", "--lead", "lena", "--schema", str(schema))
    site.manage("import_documents", "cuts", str(corpus))
    [(document,)] = site.rows("SELECT id FROM documents_document")
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{site.port}/documents/{document}/adjudication/")
    _sign_in(page, password)
    page.get_by_role("button", name="Start adjudication").click()
    expect(page.locator("#unit-heading")).to_be_visible()
    page.bring_to_front()
    return page


def test_adjudication_survives_restarts_and_lost_answers(site: Installation, chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context()
    context.set_default_timeout(LONG_MILLISECONDS)
    server = _serve(site)
    page = _adjudicate(site, context, tmp_path)
    saving, work, decided = page.locator("#saving-text"), page.locator("#work"), page.get_by_text("decided", exact=True)
    first = work.get_attribute("data-unit")
    wait_for(lambda: page.evaluate("performance.getEntriesByType('resource').some(({ name }) => /unit=/.test(name))"))

    _kill_all(server)
    page.get_by_label("Note").press_sequentially("typed before")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(work).not_to_have_attribute("data-unit", str(first))
    page.keyboard.press("2")
    expect(page.locator("[name=version][aria-pressed=true] kbd")).to_have_text("2")
    page.get_by_label("Note").press_sequentially("typed later")
    expect(saving).to_contain_text("2 changes are stored in this browser and will be sent automatically.")
    server = _serve(site)
    expect(saving).to_have_text("All changes saved")
    expect(page.get_by_label("Note")).to_have_value("typed later")
    expect(decided).to_be_visible()

    page.keyboard.press("Escape")
    page.keyboard.press("b")
    complete = page.get_by_role("button", name="Complete adjudication")
    expect(complete).to_be_visible()
    _kill_all(server)
    complete.press("Enter")
    expect(saving).to_contain_text("1 change is stored")
    _serve(site)
    expect(page.get_by_text("Adjudicated by lena")).to_be_visible()

    decisions = site.rows("SELECT kind, note FROM adjudication_decision WHERE by_id IS NOT NULL ORDER BY id")
    assert decisions == [("take", "typed before"), ("take", "typed later")]
    assert site.rows("SELECT COUNT(*) FROM adjudication_step") == [(2,)]
    answers = site.rows("SELECT payload FROM spans_change WHERE kind = 'update_span' ORDER BY revision")
    assert [json.loads(payload)["after"]["attributes"].keys() for (payload,) in answers] == [{"genre"}]
    context.close()
