"""Pages on which a lead runs a team: accessible, and as wide as the screen."""

import pytest
from playwright.sync_api import expect

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.services import tag_documents
from annotator.corpus.relabelling import services as relabelling
from annotator.corpus.spans.models import Span
from annotator.platform.jobs import services as jobs
from projects.schema_mapping import suggest_mapping
from projects.selectors import schema_of
from projects.services import publish_guideline, publish_schema
from tests.browser.screens import faults_on_screens
from tests.notation import make_spans

PAGES = (
    "",
    "documents/?column=labels&column=people&column=state&tag=hard&archive=all",
    "documents/delete/?all=yes",
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
    migration = _split_by_hand(project, lead)
    correct = f"/documents/{make_document('Not begun.').pk}/correct/"
    by_hand = f"/schema-migrations/{migration.pk}/by-hand/"
    publish_guideline(project, "# Rules\n\nAnnotate the claim.", by=lead, now=project.created_at)
    page = make_context(lead).new_page()
    faults = []
    for address in (correct, by_hand, *(f"/projects/news/{address}" for address in PAGES)):
        response = page.goto(address)
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

    # The label of the last span is chosen: all are sent.
    page.goto(by_hand)
    expect(page.locator("form[data-concordance] select")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator(".empty")).to_have_text("All spans to decide by hand have their label.")
    assert set(Span.objects.values_list("label", flat=True)) == {"Claim"}


def test_only_the_current_tab_has_a_line_in_forced_colours(make_context, project, lead):
    page = make_context(lead, forced_colors="active").new_page()
    page.goto("/projects/news/documents/")

    line = "(tab) => getComputedStyle(tab).borderBlockEndColor"
    current = page.locator(".tabs a[aria-current]").evaluate(line)
    others = {tab.evaluate(line) for tab in page.locator(".tabs a:not([aria-current])").all()}
    assert others == {page.evaluate("getComputedStyle(document.documentElement).backgroundColor")}
    assert current not in others


@pytest.mark.layout
def test_a_long_title_leaves_the_other_columns_their_room(make_context, lead, make_document):
    for number in range(5):
        make_document(f"Text {number}", title="x" * 400 if number == 2 else f"Document {number}")
    page = make_context(lead).new_page()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/projects/news/documents/?column=labels&column=people&column=state")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        cut_off = page.locator("tbody td").evaluate_all(
            "(cells, width) => cells.filter((cell) => cell.getBoundingClientRect().right > width + 1).length", width
        )
        assert cut_off == 0


def _split_by_hand(project, lead):
    """Carry out a migration in which the label of each Speaker is chosen by hand."""
    source, target = project.schema_versions.order_by("number")
    definition = suggest_mapping(schema_of(source), schema_of(target))
    definition["labels"] = {name: {"drop": True} for name in ("Cue", "Denial", "Hedge")} | {
        "Speaker": {"to": "Source", "by_hand": True}
    }
    definition["attributes"] = {"Claim": {"kind": {"note": True}}}
    migration = relabelling.create_migration(
        project, source=source, target=target, definition=definition, by=lead, now=project.created_at
    )
    for action in ("preview", "run"):
        options = {"action": action, "by": lead, "now": project.created_at, "own_process": True}
        job = jobs.run_here(relabelling.start_job(migration, **options))
        assert job.state == "done", job.problem
        migration.refresh_from_db()
    return migration


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
