"""Pages on which a lead runs a team: accessible, and as wide as the screen."""

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
