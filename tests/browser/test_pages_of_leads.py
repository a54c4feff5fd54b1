"""Pages on which a lead runs a team: accessible, and as wide as the screen."""

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.services import tag_documents
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
)


def test_pages_of_leads_are_accessible_and_fit(make_context, project, lead, ada, make_document, make_set):
    text, spans = make_spans("The minister[Speaker] said [it rained](Claim kind=fact).")
    make_set(make_document(text), ada, spans, state="submitted")
    tag_documents(project, "hard", Document.objects.all())
    page = make_context(lead).new_page()
    faults = []
    for address in PAGES:
        response = page.goto(f"/projects/news/{address}")
        assert response.status == 200
        faults += faults_on_screens(page)

    assert faults == []
