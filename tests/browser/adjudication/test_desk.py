"""Adjudication in a real browser under the strict policy."""

import re

import pytest
from playwright.sync_api import Page, Response, Route, expect

from annotator.adjudication import services
from annotator.adjudication.board.contents import read_board
from annotator.adjudication.models import Adjudication
from annotator.adjudication.units.versions import AcceptanceRule, DecisionKind
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import SetState
from annotator.platform.accounts.models import User
from tests.browser.adjudication.conftest import OpenPage
from tests.browser.polling import expect_value
from tests.browser.screens import faults_on_screens
from tests.conftest import NOW, MakeDocument, MakeSet
from tests.notation import make_spans


@pytest.fixture
def adjudication(sample: Document, lead: User) -> Adjudication:
    return services.start(sample, by=lead, now=NOW, rule=AcceptanceRule.EXACT, blind=True)


def address(adjudication: Adjudication) -> str:
    return f"/documents/{adjudication.document_id}/adjudication/"


def press(page: Page, *keys: str) -> None:
    """Press keys one after another, and wait for each answer."""
    for key in keys:
        with page.expect_response(is_answer):
            page.keyboard.press(key)
        expect(page.locator("#work[aria-busy], .htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def is_answer(response: Response) -> bool:
    """Return whether a response is a page that was asked for by a key, not one that is fetched beforehand."""
    request = response.request
    is_asked_for = "hx-request" in request.headers or request.redirected_from is not None
    return "/adjudication/" in response.url and response.status < 300 and is_asked_for


def test_sample_document_is_adjudicated_by_keyboard(open_page: OpenPage, sample: Document, lead: User) -> None:
    page = open_page(lead, f"/documents/{sample.pk}/adjudication/")
    expect(page.get_by_role("button", name="Start adjudication")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#unit-heading")).to_be_focused()
    adjudication = Adjudication.objects.get()
    page.evaluate("window.isSamePage = true")

    press(page, "e", "ArrowLeft", "ArrowRight", "ArrowRight", "Enter")  # one edited …
    press(page, "s", "ArrowRight", "Enter")  # … one split …
    press(page, "m", "Enter", "z", "0", "l")  # … one merged and taken back, one none, one for later
    keys = ["a", "b", "u", "x"]
    for turn in range(200):
        if not read_board(adjudication).open:
            break
        press(page, keys[turn % len(keys)])
    expect(page.get_by_text("All locations are decided.")).to_be_visible()
    press(page, "Enter")

    expect(page.get_by_text("Adjudicated by lena")).to_be_visible()
    adjudication.refresh_from_db()
    assert (adjudication.state, adjudication.annotation_set.state) == ("settled", SetState.ADJUDICATED)
    used = set(adjudication.decisions.values_list("kind", flat=True))
    assert used >= {"agreed", "edited", "split", "merged", "none", "later", "take", "undecidable", "cleared"}
    assert page.evaluate("window.isSamePage"), "the page was reloaded"


def test_additions_are_made_and_undone_by_keyboard(open_page: OpenPage, adjudication: Adjudication, lead: User) -> None:
    page = open_page(lead, address(adjudication))
    open_before = len(read_board(adjudication).open)
    press(page, "+", "PageDown", "ArrowDown", "ArrowRight")
    page.keyboard.press("/")
    page.keyboard.type("no such words as these")
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_have_text("These words do not occur in the text.")
    press(page, "Enter")

    added = adjudication.decisions.get(kind="added")
    assert (added.unit.is_added, added.support, added.by) == (True, 0, lead)
    assert len(read_board(adjudication).open) == open_before

    page.goto(f"{address(adjudication)}?unit={added.unit_id}")
    expect(page.locator("#unit-heading")).to_contain_text("added by an adjudicator")
    press(page, "t")
    expect(page.get_by_role("radio").first).to_be_focused()
    press(page, "Enter")
    assert adjudication.decisions.filter(kind="added").count() == 2
    press(page, "z", "z")

    assert read_board(adjudication).by_id[added.unit_id].status == "gone"
    assert len(read_board(adjudication).open) == open_before


BOTH = "Ada[Speaker] said [she [never left](Denial)](Claim).\n"
PADDING = "Nothing was said about it.\n" * 600
LAST = "Ben[Speaker] left."
VERSIONS = (
    f"{BOTH}{PADDING}{LAST}",
    f"Ada[Speaker] said [she never left](Claim).\n{PADDING}Ben left.",
    f"Ada[Speaker] said she [never left](Denial).\n{PADDING}Ben left.",
)


def adjudicate_in_parts(make_document: MakeDocument, make_set: MakeSet, lead: User) -> Adjudication:
    """Start the adjudication of a long text with two units at its first location."""
    document = make_document(make_spans(VERSIONS[0])[0])
    for name, version in zip("ABC", VERSIONS, strict=True):
        make_set(document, name, make_spans(version)[1], state="submitted", revision=1)
    return services.start(document, by=lead, now=NOW, rule=AcceptanceRule.EXACT, blind=False)


@pytest.mark.parametrize("script", [True, False])
def test_desk_goes_by_location_and_the_whole_text_by_parts(
    open_page: OpenPage, lead: User, make_document: MakeDocument, make_set: MakeSet, script: bool
) -> None:
    adjudication = adjudicate_in_parts(make_document, make_set, lead)
    page = open_page(lead, address(adjudication), java_script_enabled=script)
    heading, row = page.locator("#unit-heading"), page.locator(".desk__list [aria-current]")

    def go(key: str, link: str) -> None:
        if script:
            press(page, key)
        else:
            page.get_by_role("link", name=link).first.click()

    expect(page.get_by_text("2 of 2 contested locations open. They need 3 decisions, 3 of them open.")).to_be_visible()
    expect(heading).to_contain_text("Location 1 of 2: Claim")
    expect(page.get_by_text("1 × Claim + Denial, 1 × Claim, 1 × Denial")).to_be_visible()
    expect(page.get_by_text("Decision 1 of 2 at this location")).to_be_visible()
    expect(page.locator(".desk__list .unit-list__location")).to_contain_text("2 of 2 decisions open")
    for key, link, number, title in [
        (".", "Next decision", "1.2", "Location 1 of 2: Denial"),
        ("n", "Next location", "2", "Location 2 of 2: Speaker"),
        ("p", "Previous location", "1.1", "Location 1 of 2: Claim"),
        (".", "Next decision", "1.2", "Location 1 of 2: Denial"),
        (",", "Previous decision", "1.1", "Location 1 of 2: Claim"),
    ]:
        go(key, link)
        expect(heading).to_contain_text(title)
        expect(row.locator(".unit-list__number")).to_have_text(number)
    if script:
        press(page, "b")
    else:
        page.get_by_role("button", name="Choose the version of").nth(1).click()
    expect(heading).to_contain_text("Location 1 of 2: Denial")
    expect(page.locator(".desk__list .unit-list__location")).to_contain_text("1 of 2 decisions open")

    page.get_by_role("link", name="Whole text").click()
    expect(heading).to_have_text("Whole text, part 1 of 2")
    if script:
        expect(page.get_by_role("link", name="Location 1.2: Denial, open")).to_be_focused()
    expect(page.locator(".whole-text__lanes").first.locator("dt")).to_have_text(["A", "B", "C"])
    expect(page.locator(".whole-text__lanes dd .mark").first).to_be_visible()
    go("n", "Next part")
    expect(heading).to_have_text("Whole text, part 2 of 2")
    go("p", "Previous part")
    page.get_by_label("Part", exact=True).fill("2")
    page.get_by_role("button", name="Open part").click()
    expect(heading).to_have_text("Whole text, part 2 of 2")
    if script:
        expect(heading).to_be_focused()
    page.get_by_role("link", name="Location 2: Speaker, open").press("Enter")
    expect(heading).to_contain_text("Location 2 of 2: Speaker")


def test_stale_decision_shows_the_decisions_of_others(
    open_page: OpenPage, adjudication: Adjudication, lead: User, ada: User
) -> None:
    page = open_page(lead, address(adjudication))
    first, second = [unit.row.pk for unit in read_board(adjudication).open][:2]
    for unit in (first, second):
        choice = services.Choice(unit=unit, kind=DecisionKind.NONE, note="Not a claim at all")
        services.decide(adjudication, choice, base_revision=1, by=ada, now=NOW)

    page.keyboard.press("a")

    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("Another user has decided this")
    expect(refusal).to_contain_text("ada: none of these")
    expect(refusal).to_contain_text("Not a claim at all")
    assert adjudication.decisions.filter(is_current=True, unit=first).get().by == ada
    press(page, "a")
    assert adjudication.decisions.filter(is_current=True, unit=first).get().by == lead


def test_single_key_shortcuts_can_be_limited(open_page: OpenPage, adjudication: Adjudication, lead: User) -> None:
    page = open_page(lead, "/account/")
    page.get_by_label("Single-key shortcuts").select_option("off")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.goto(address(adjudication))
    none = page.get_by_role("button", name="None of these")
    expect(none).not_to_have_attribute("aria-keyshortcuts", re.compile("."))
    for key in ("a", "b", "0", "x", "u", "l", "Alt+b"):
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    assert adjudication.decisions.exclude(kind="agreed").count() == 0

    page.goto("/account/")
    page.get_by_label("Single-key shortcuts").select_option("only together with Alt")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.goto(address(adjudication))
    expect(none).to_have_attribute("aria-keyshortcuts", "Alt+0 Alt+x")
    page.keyboard.press("b")
    press(page, "Alt+a", "Alt+u")
    expect(none).to_have_attribute("aria-keyshortcuts", "Alt+0 Alt+x")
    kinds = adjudication.decisions.exclude(kind="agreed").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["take", "undecidable"]


def test_typing_in_a_field_decides_nothing(open_page: OpenPage, adjudication: Adjudication, lead: User) -> None:
    page = open_page(lead, address(adjudication))
    page.get_by_label("Note").fill("")
    page.get_by_label("Note").press_sequentially("a b 0 x u")
    page.keyboard.press("Escape")
    expect(page.locator("#unit-heading")).to_be_focused()
    assert adjudication.decisions.exclude(kind="agreed").count() == 0

    press(page, "b")

    decided = adjudication.decisions.exclude(kind="agreed").get()
    assert (decided.source, decided.note) == (1, "a b 0 x u")


def test_page_works_without_script(open_page: OpenPage, adjudication: Adjudication, lead: User) -> None:
    page = open_page(lead, address(adjudication), java_script_enabled=False)
    page.get_by_role("link", name="Edit e", exact=True).click()
    draft = page.locator(".lane--draft .part bdi")
    before = draft.inner_text()
    page.get_by_role("button", name="End →").first.click()
    expect(draft).not_to_have_text(before)
    for name in ("Save", "None of these", "Undo"):
        with page.expect_navigation():
            page.get_by_role("button", name=name).click()

    expect(page.get_by_role("heading", level=2)).to_contain_text("Location")
    kinds = adjudication.decisions.exclude(kind="agreed").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["edited", "none", "cleared"]


@pytest.mark.layout
def test_pages_are_accessible_and_fit_the_screen(
    open_page: OpenPage,
    adjudication: Adjudication,
    lead: User,
    ada: User,
    make_document: MakeDocument,
    make_set: MakeSet,
) -> None:
    unit = read_board(adjudication).open[0].row.pk
    waiting = make_document()
    make_set(waiting, ada, state="submitted")
    here, in_parts = address(adjudication), address(adjudicate_in_parts(make_document, make_set, lead))
    addresses = [
        here, in_parts, f"{in_parts}?view=text", f"{here}units/{unit}/edit/?mode=edited",
        f"{here}units/{unit}/edit/?mode=split", f"{here}units/{unit}/edit/?mode=merged",
        "/projects/news/adjudication/?show=all", "/projects/news/adjudication/reversals/",
        f"/documents/{waiting.pk}/adjudication/",
    ]  # fmt: skip
    page = open_page(lead, here)
    tops = page.locator(".actions > *").evaluate_all("all => all.map((one) => one.getBoundingClientRect().top)")
    assert (len(tops), len(set(tops)) < 3) == (6, True)  # beside each other, as far as they fit
    faults = []
    for each in addresses:
        page.goto(each)
        faults += faults_on_screens(page, narrow=390)

    assert faults == []


def test_decision_made_while_signed_out_is_kept(open_page: OpenPage, adjudication: Adjudication, lead: User) -> None:
    page = open_page(lead, address(adjudication))
    saving, notice, heading = (page.locator(name) for name in ("#saving-text", "#desk-notice", "#unit-heading"))
    expect(saving).to_have_text("All changes saved")
    first = heading.inner_text()
    cookies = page.context.cookies()
    open_units = len(read_board(adjudication).open)
    page.get_by_label("Note").press_sequentially("I asked the editor.")
    page.context.clear_cookies()

    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(saving).to_have_text("Signed out: 1 change not saved")
    expect(notice).to_contain_text("You are signed out. 1 change is stored in this browser.")
    expect(notice.get_by_role("link", name="Sign in in a new tab")).to_be_visible()
    assert len(read_board(adjudication).open) == open_units

    page.goto("about:blank")  # the page is closed and opened again after signing in
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto(address(adjudication))
    expect(saving).to_have_text("All changes saved")
    expect(heading).not_to_have_text(first)
    assert len(read_board(adjudication).open) == open_units - 1
    assert adjudication.decisions.get(kind="take").note == "I asked the editor."
    page.get_by_role("link", name="Adjudication queue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Adjudication queue")


def wait_for_upcoming_units(page: Page) -> None:
    """Wait until the next units are fetched. The policy of the page forbids waiting within it."""
    fetched = "performance.getEntriesByType('resource').filter(({ name }) => /unit=/.test(name)).length"
    expect_value(page, lambda: page.evaluate(fetched), lambda count: count >= 4)


def test_adjudication_goes_on_without_connection(open_page: OpenPage, adjudication: Adjudication, lead: User) -> None:
    page = open_page(lead, address(adjudication))
    saving = page.locator("#saving-text")
    units = [unit.row.pk for unit in read_board(adjudication).open]
    wait_for_upcoming_units(page)
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("#work")).to_have_attribute("data-unit", str(units[1]))
    page.keyboard.press("b")
    expect(page.locator("#work")).to_have_attribute("data-unit", str(units[2]))
    page.get_by_label("Note").press_sequentially("typed without connection")
    expect(saving).to_contain_text("2 changes are stored in this browser and will be sent automatically.")
    assert adjudication.decisions.exclude(kind="agreed").count() == 0
    page.context.set_offline(False)

    expect(saving).to_have_text("All changes saved")
    expect(page.get_by_label("Note")).to_have_value("typed without connection")
    decided = adjudication.decisions.exclude(kind="agreed").order_by("number")
    assert [(decision.unit_id, decision.source) for decision in decided] == [(units[0], 0), (units[1], 1)]


def test_decision_whose_answer_is_lost_is_stored_once(
    open_page: OpenPage, adjudication: Adjudication, lead: User
) -> None:
    page = open_page(lead, address(adjudication))
    saving = page.locator("#saving-text")
    expect(saving).to_have_text("All changes saved")
    lost: list[int] = []

    def cut(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        lost.append(route.fetch(max_redirects=0).status)  # the server has it, and answers
        return route.abort("internetdisconnected")

    page.route("**/adjudication/**", cut)
    page.keyboard.press("a")
    expect(saving).to_contain_text("1 change is stored in this browser and will be sent automatically.")
    page.unroute("**/adjudication/**", cut)
    expect(saving).to_have_text("All changes saved")

    decided = adjudication.decisions.exclude(kind="agreed").get()
    assert (decided.kind, decided.source, max(lost) < 400) == ("take", 0, True)
    page.reload()
    expect(page.locator("#work")).not_to_have_attribute("data-unit", str(decided.unit_id))


def test_decision_that_another_user_made_first_is_shown_later(
    open_page: OpenPage, adjudication: Adjudication, lead: User, ada: User
) -> None:
    page = open_page(lead, address(adjudication))
    first = read_board(adjudication).open[0].row.pk
    wait_for_upcoming_units(page)
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("#work")).not_to_have_attribute("data-unit", str(first))
    choice = services.Choice(unit=first, kind=DecisionKind.NONE)
    services.decide(adjudication, choice, base_revision=1, by=ada, now=NOW)
    page.context.set_offline(False)

    notice = page.locator("#desk-notice")
    expect(notice).to_contain_text("Another user has decided this")
    expect(page.locator("#saving-text")).to_have_text("Changed elsewhere")
    assert adjudication.decisions.get(unit=first, is_current=True).by == ada
    page.reload()
    notice.get_by_role("button", name="Make my change").click()
    expect(notice).to_be_empty()
    expect(page.locator("#saving-text")).to_have_text("All changes saved")
    assert adjudication.decisions.get(unit=first, is_current=True).by == lead


def test_desk_works_after_a_refusal(open_page: OpenPage, adjudication: Adjudication, lead: User) -> None:
    page = open_page(lead, address(adjudication))
    page.locator("#note").fill("typed before")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.get_by_role("alert")).to_contain_text("Nothing to undo")
    expect(page.locator("#note")).to_have_value("typed before")
    assert "/undo/" not in page.url

    first = read_board(adjudication).open[0].row.pk
    press(page, "n")
    expect(page.get_by_role("alert")).to_have_count(0)
    press(page, "p", "0")

    decided = read_board(adjudication).by_id[first].decision
    assert decided is not None
    assert decided.kind == "none"
    page.reload()
    expect(page.locator("#unit-heading")).to_be_focused()
