"""Pages on which a lead runs a team: accessible, and as wide as the screen."""

from playwright.sync_api import expect

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.services import tag_documents
from projects.services import publish_guideline, publish_schema
from tests.browser.screens import faults_on_screens
from tests.notation import make_spans

PAGES = (
    "",
    "documents/?column=labels&column=people&column=state&tag=hard&archive=all",
    "waiting/",
    "board/",
    "rounds/",
    "exclusions/",
    "questions/",
    "search/?q=rained",
    "ledger/",
    "quality/",
    "quality/mine/",
    "guidelines/compare/",
    "schema/migrations/?source=1&target=2",
    "schema/edit/",
)


def test_pages_of_leads_are_accessible_and_fit(make_context, project, lead, ada, make_document, make_set):
    text, spans = make_spans("The minister[Speaker] said [it rained](Claim kind=fact).")
    make_set(make_document(text), ada, spans, state="submitted")
    tag_documents(project, "hard", Document.objects.all())
    publish_schema(project, {"labels": [{"id": "Claim"}, {"id": "Source"}]}, by=lead, now=project.created_at)
    publish_guideline(project, "# Rules\n\nAnnotate the claim.", by=lead, now=project.created_at)
    page = make_context(lead).new_page()
    faults = []
    for address in PAGES:
        response = page.goto(f"/projects/news/{address}")
        assert response.status == 200
        faults += faults_on_screens(page)

    assert faults == []
    # The schema editor is the last page: its preview follows the fields.
    page.locator("#labels-1 > details > summary").click()
    page.locator("[name=labels-1-hotkey]").fill("1")
    page.locator("[name=labels-1-name]").fill("Voice")
    page.keyboard.press("Tab")
    page.get_by_text("These hotkeys are used twice").wait_for()
    page.locator("#schema-preview").get_by_text("Voice").first.wait_for()


def test_rows_are_chosen_all_at_once_or_as_a_range(make_context, project, lead, make_document):
    for number in range(5):
        make_document(f"Text {number}", title=f"Document {number}")
    page = make_context(lead).new_page()
    page.goto("/projects/news/documents/")
    line, everything = page.locator(".choices__line"), page.get_by_label("Choose all on this page")
    boxes = page.locator("tbody input[type=checkbox]")
    expect(line).to_be_hidden()
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(line).to_contain_text("3 documents chosen.")
    assert not boxes.nth(0).is_checked()

    everything.check()
    expect(line).to_contain_text("5 documents chosen.")
    boxes.nth(0).uncheck()
    expect(everything).not_to_be_checked()
    line.get_by_role("link").click()
    page.get_by_label("Tag", exact=True).last.fill("hard")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_role("status").filter(has_text="4 documents")).to_be_visible()
    assert set(Document.objects.filter(tags__tag__name="hard").values_list("title", flat=True)) == {
        f"Document {number}" for number in range(1, 5)
    }
