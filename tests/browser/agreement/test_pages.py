"""Every page of agreement at once: nothing is cut off, and axe finds nothing."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotator.agreement import services
from annotator.platform.jobs import services as jobs
from tests.browser.screens import faults_on_screens
from tests.notation import make_spans

TEXT, SPANS = make_spans("The minister[Speaker] said [it rained](Claim kind=fact) and [it did](Claim kind=fact).")


def measure(project):
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    jobs.run_here(services.job_of(report))
    return report


# Cells of tables shown as cards that do not say their column, or are lower than its name beside them.
CUT_OFF = """
  [...document.querySelectorAll(".table[data-cards] > :not(thead) > tr > :not(:empty)")]
    .filter((cell) => !cell.dataset.column || cell.clientHeight < parseFloat(getComputedStyle(cell, "::before").height))
    .map((cell) => cell.textContent.trim())
"""


@pytest.mark.layout
def test_axe_finds_nothing_and_nothing_is_cut_off(project, ada, ben, make_document, make_set, make_context, lead):
    document = make_document(TEXT)
    make_set(document, ada, SPANS, state="submitted")
    make_set(document, ben, [{**SPANS[0], "fragments": [[0, 12]]}], state="submitted")
    make_set(document, "Clara", [{**SPANS[1], "label": "Hedge"}])
    first, second = measure(project), measure(project)
    here = f"/projects/news/agreement/{second.pk}/"
    addresses = [
        here, f"{here}against/?with={first.pk}", f"{here}patterns/", f"{here}disagreements/",
        f"{here}disagreements/?boundary=article&side=start", f"{here}documents/{document.pk}/",
        "/projects/news/agreement/measures/",
    ]  # fmt: skip
    page = make_context(lead).new_page()
    faults = []
    for each in addresses:
        page.goto(each)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        faults += faults_on_screens(page, narrow=390)

    assert faults == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(here)
    expect(page.locator(".table--figures thead").first).to_be_visible()
    assert page.evaluate(CUT_OFF) == []
