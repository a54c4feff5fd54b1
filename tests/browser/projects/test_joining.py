"""A lead creates a project and invites a member, in a real browser under the strict policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import create_token
from projects import services
from projects.models import Project
from projects.roles import Role
from tests.browser.screens import faults_on_screens
from tests.conftest import NOW, PASSWORD, MakeUser

MakeContext = Callable[..., BrowserContext]
NEW_PASSWORD = "a long way from home"


def watched_page(context: BrowserContext) -> tuple[Page, list[str]]:
    """Return a page and the list in which the browser's complaints about it gather."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def test_a_lead_creates_a_project_and_a_member_joins(make_context: MakeContext, make_user: MakeUser) -> None:
    make_user("lena")
    page, complaints = watched_page(make_context())
    page.goto("/projects/new/")
    page.get_by_label("User name").fill("lena")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Name", exact=True).fill("News of the day")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("News of the day")
    page.get_by_role("link", name="Members", exact=True).click()
    page.get_by_role("button", name="Create invitation link").click()
    link = page.get_by_label("Invitation link").input_value()

    guest, guest_complaints = watched_page(make_context())
    guest.goto(link)
    guest.get_by_label("User name").fill("ada")
    guest.get_by_label("Password").fill(NEW_PASSWORD)
    guest.get_by_role("button", name="Create account and join").click()
    expect(guest.get_by_role("status")).to_contain_text("Welcome to “News of the day”. Your role: Annotator.")
    expect(guest.get_by_role("navigation", name="Project").get_by_role("link", name="Members")).to_have_count(0)
    assert (complaints, guest_complaints) == ([], [])


def test_the_copy_button_copies_the_link(make_context: MakeContext, project: Project, lead: User) -> None:
    context = make_context(lead)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page, _ = watched_page(context)
    page.goto("/projects/news/people/")
    page.get_by_role("button", name="Create invitation link").click()
    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Invitation link").input_value()


@pytest.mark.layout
def test_pages_are_accessible_and_fit_the_screen(make_context: MakeContext, project: Project, lead: User) -> None:
    create_token(lead, name="Export program", now=NOW)
    services.create_invitation(project, role=Role.ANNOTATOR, by=lead, now=NOW, note="for Ada")
    page, complaints = watched_page(make_context(lead))
    addresses = ["/account/", "/projects/new/"]
    addresses += [
        f"/projects/news/{name}/" for name in ("people", "schema", "guidelines", "guidelines/edit", "settings")
    ]
    faults = []
    for address in addresses:
        page.goto(address)
        faults += faults_on_screens(page)

    assert faults == []
    assert complaints == []


@pytest.mark.layout
def test_api_reference_is_accessible_and_fits_the_screen(make_context: MakeContext, lead: User) -> None:
    page, complaints = watched_page(make_context(lead))
    page.goto("/api/")
    assert page.locator("article").count() > 100
    # All articles are made by one template: axe takes minutes for the 7,600 elements of the whole page.
    page.evaluate("document.querySelectorAll('article:nth-of-type(n + 3)').forEach((article) => article.remove())")

    assert faults_on_screens(page) == []
    assert complaints == []
