"""The tour of the README, step by step on the sample project: two annotators and a lead in browsers of their own."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from annotator.site.demo.services import OPEN_DOCUMENT
from tests.browser.editor.editor_page import BOX_OF, QUIET
from tests.browser.running_site import make_site
from tests.stores.installation import Installation
from tests.waiting import LONG_MILLISECONDS, wait_for

SignIn = Callable[[str], Page]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that serves the sample project."""
    installation = make_site(tmp_path_factory.mktemp("tour") / "var")
    try:
        installation.start("demo")
        wait_for(lambda: "The worker is ready" in installation.log, why=lambda: installation.log)
        yield installation
    finally:
        installation.close()


@pytest.fixture
def sign_in(chromium: Browser, demo: Installation) -> Iterator[SignIn]:
    """Return a function that signs a user in, in a new browser context, with the password that the demo printed."""
    contexts: list[BrowserContext] = []

    def sign_in(name: str) -> Page:
        base = f"http://127.0.0.1:{demo.port}"
        context = chromium.new_context(base_url=base, viewport={"width": 1280, "height": 800}, accept_downloads=True)
        context.set_default_timeout(LONG_MILLISECONDS)
        contexts.append(context)
        password = re.search(rf"^  {name} +(\S+)", demo.log, re.MULTILINE)
        assert password, demo.log
        page = context.new_page()
        page.goto("/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(password[1])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    yield sign_in
    for context in contexts:
        context.close()


def code_block(language: str) -> str:
    """Return the code of a language in the tour of the README, without its indentation."""
    tour = (
        (settings.BASE_DIR / "README.md")
        .read_text("utf-8")
        .partition("## Ten minutes with it")[2]
        .partition("\n## ")[0]
    )
    block = re.search(rf"^ *```{language}\n(.*?)^ *```", tour, re.MULTILINE | re.DOTALL)
    assert block, f"The tour has no {language} code."
    return "\n".join(line[3:] for line in block[1].splitlines())


def annotate_and_submit(page: Page, spans: dict[str, str]) -> None:
    """Open the next document, label some words by keyboard shortcut, and submit."""
    page.get_by_role("button", name="Next document").click()
    expect(page).to_have_title(re.compile(OPEN_DOCUMENT))
    expect(page.locator("#labels button").first).to_be_visible()
    for words, key in spans.items():
        box = page.evaluate(BOX_OF, [words, 0])
        page.mouse.move(box["first"]["left"] + 1, box["first"]["top"] + 10)
        page.mouse.down()
        page.mouse.move(box["last"]["right"] - 1, box["last"]["top"] + 10, steps=6)
        page.mouse.up()
        page.keyboard.press(key)
        page.keyboard.press("Escape")
    page.evaluate(QUIET)
    expect(page.locator("[data-state=saved] #saving-text")).to_be_visible()
    page.get_by_role("button", name="Submit").first.click()
    page.get_by_role("button", name="Submit all the same").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()


def export_data(lead: Page, folder: Path) -> Path:
    """Export the project and return the downloaded data file."""
    lead.get_by_role("navigation", name="Project").get_by_role("link", name="Export").click()
    with lead.expect_navigation():
        lead.get_by_role("button", name="Export data", exact=True).click()
    expect(lead.get_by_text("Done", exact=True)).to_be_visible()
    lead.goto("/projects/sample/exports/")
    with lead.expect_download() as download:
        lead.locator("table").get_by_role("link", name=re.compile("^Data of export")).first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_tour_of_the_readme(demo: Installation, sign_in: SignIn, tmp_path: Path) -> None:
    ada, ben = sign_in("ada"), sign_in("ben")
    annotate_and_submit(ada, {"A third person": "2", "the government has been informed": "1"})
    annotate_and_submit(ben, {"A third person": "2"})
    demo.wait_for_submits()

    lead = sign_in("lead")
    lead.goto("/projects/sample/")
    navigation = lead.get_by_role("navigation", name="Project")
    navigation.get_by_role("link", name="Agreement").click()
    with lead.expect_navigation():
        lead.get_by_role("button", name="Update report", exact=True).click()
    expect(lead.get_by_text("Done", exact=True)).to_be_visible()
    navigation.get_by_role("link", name="Agreement").click()
    lead.get_by_role("link", name=OPEN_DOCUMENT, exact=True).first.click()
    expect(lead.get_by_role("heading", level=1)).to_be_visible()
    navigation.get_by_role("link", name="Adjudication").click()
    row = lead.get_by_role("row", name=re.compile(OPEN_DOCUMENT))
    wait_for(lambda: row.is_visible() or lead.reload() is None)  # listed once the submit cannot be undone
    data = export_data(lead, tmp_path)

    assert data.name == re.search(r'open\("([^"]+)"', code_block("python"))[1]  # type: ignore[index]
    subprocess.run([sys.executable, "-c", code_block("python")], cwd=tmp_path, check=True)


def test_the_commands_of_the_readme(demo: Installation, tmp_path: Path) -> None:
    for line in code_block("sh").splitlines():
        program, script, *arguments = shlex.split(line)
        assert (program, script) == (".venv/bin/python", "manage.py")
        output = demo.manage(*(str(tmp_path / name) if name == "news.jsonl" else name for name in arguments))
        if arguments[0] == "measure_agreement":
            assert "Claim" in output

    assert (tmp_path / "news.jsonl").stat().st_size > 1000
