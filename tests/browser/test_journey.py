"""The complete main task on a running installation by three users: from a text to a training set.

Real web server, real worker, real broker, real browser; a command creates only the first lead.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.editor.editor_page import BOX_OF, QUIET
from tests.browser.running_site import make_site
from tests.stores.installation import Installation
from tests.waiting import LONG_MILLISECONDS, wait_for

PASSWORD = "a long way from home"
TEXT = (
    "The café 🚒 “was out by noon” 👩‍🚒\r\n\r\n"
    "Harbour chief Zoe\u0301 Brandt said the fire was out by noon.\r\n"
    "قال الوزير إن الخبر غير صحيح.\r\n"
    "The union denied it. “I leave this without comment,” she said.\r\n"
)

Person = Callable[[str], Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A separate running installation."""
    installation = make_site(tmp_path_factory.mktemp("journey") / "var")
    try:
        installation.start("serve")
        wait_for(lambda: "The worker is ready" in installation.log, why=lambda: installation.log)
        yield installation
    finally:
        installation.close()


@pytest.fixture
def open_page(chromium: Browser, site: Installation) -> Iterator[Person]:
    """Return a function that opens a URL of the site in a new browser context."""
    contexts: list[BrowserContext] = []

    def open_page(path: str) -> Page:
        base = f"http://127.0.0.1:{site.port}"
        context = chromium.new_context(base_url=base, viewport={"width": 1280, "height": 800}, accept_downloads=True)
        context.set_default_timeout(LONG_MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def make_lead(site: Installation) -> str:
    """Create the first account as an operator does, and return its password."""
    printed: str = site.manage("create_user", "lena", "--generate")
    password = re.search(r"Password: (\S+)", printed)
    assert password, printed
    return password[1]


def make_project(lead: Page, password: str, text: Path) -> list[str]:
    """Sign in, create a project, import the text and return two invitation links."""
    lead.get_by_label("User name").fill("lena")
    lead.get_by_label("Password").fill(password)
    lead.get_by_role("button", name="Sign in").click()
    lead.get_by_label("Name", exact=True).fill("Fires")
    lead.get_by_role("button", name="Create project").click()
    lead.get_by_role("link", name="Import documents").click()
    lead.get_by_label("Files", exact=True).set_input_files(text)
    lead.get_by_role("button", name="Import").click()
    expect(lead.get_by_text("Done", exact=True)).to_be_visible()
    links = []
    lead.goto("/projects/fires/people/")
    for _ in range(2):
        with lead.expect_navigation():  # the page before may show the other link
            lead.get_by_role("button", name="Create invitation link").click()
        links.append(lead.get_by_label("Invitation link").input_value())
    return links


def join_and_begin(page: Page, name: str) -> None:
    """Accept an invitation and open the next document."""
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()
    page.get_by_role("button", name="Next document").first.click()
    expect(page.locator("#labels button").first).to_be_visible()


def drag(page: Page, words: str) -> None:
    box = page.evaluate(BOX_OF, [words, 0])
    ends = [
        (box["first"]["left"] + 1, box["first"]["top"] + 10),
        (box["last"]["right"] - 1, box["last"]["top"] + 10),
    ]
    ends = sorted(ends)
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move(*ends[1], steps=6)
    page.mouse.up()


def submit(page: Page) -> None:
    page.evaluate(QUIET)
    expect(page.locator("[data-state=saved] #saving-text")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("button", name="Submit all the same").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()


def exported(lead: Page, folder: Path) -> tuple[bytes, dict[str, Any]]:
    """Export and return the bytes of the data, and the manifest."""
    lead.goto("/projects/fires/exports/")
    with lead.expect_navigation():
        lead.get_by_role("button", name="Export data", exact=True).click()
    lead.get_by_role("link", name="Show exports").click()
    files = []
    for name in ("Data", "manifest"):
        with lead.expect_download() as download:
            lead.get_by_role("link", name=re.compile(f"^{name} of export")).first.click()
        download.value.save_as(folder / name)
        files.append((folder / name).read_bytes())
    return files[0], json.loads(files[1])


def test_three_users_turn_a_text_into_training_data(site: Installation, open_page: Person, tmp_path: Path) -> None:
    text = tmp_path / "fire.txt"
    text.write_bytes(TEXT.encode())
    lead = open_page("/projects/new/")
    links = make_project(lead, make_lead(site), text)

    ada, ben = (open_page(link) for link in links)
    join_and_begin(ada, "ada")
    for words, key in (("Zoe\u0301 Brandt", "2"), ("the fire was out by noon", "1"), ("الوزير", "2"), ("👩‍🚒", "4")):
        drag(ada, words)
        ada.keyboard.press(key)
        ada.keyboard.press("Escape")
    submit(ada)
    join_and_begin(ben, "ben")
    drag(ben, "Harbour chief Zoe\u0301 Brandt")
    ben.get_by_role("button", name="Speaker").first.click()
    drag(ben, "the fire was out by noon")
    ben.keyboard.press("1")
    submit(ben)

    site.wait_for_submits()
    lead.goto("/projects/fires/agreement/")
    with lead.expect_navigation():
        lead.get_by_role("button", name=re.compile("Measure")).click()
    expect(lead.get_by_text("Done", exact=True)).to_be_visible()
    lead.goto("/projects/fires/agreement/")
    lead.get_by_role("link", name="fire", exact=True).first.click()
    expect(lead.get_by_role("heading", name="Disagreements")).to_be_visible()
    data, manifest = exported(lead, tmp_path)

    check_the_training_set(data, manifest)


def check_the_training_set(data: bytes, manifest: dict[str, Any]) -> None:
    [line] = [json.loads(part) for part in data.decode().split("\n") if part]
    covered = {
        name: {(span["label"], line["text"][start:end]) for span in record["spans"] for start, end in span["fragments"]}
        for name, record in line["annotators"].items()
    }
    assert line["text"] == TEXT
    assert covered["ada"] == {
        ("Speaker", "Zoe\u0301 Brandt"),
        ("Claim", "the fire was out by noon"),
        ("Speaker", "الوزير"),
        ("Hedge", "👩‍🚒"),
    }
    assert covered["ben"] == {("Speaker", "Harbour chief Zoe\u0301 Brandt"), ("Claim", "the fire was out by noon")}
    assert manifest["data"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert manifest["spans"]["all"] == 6
