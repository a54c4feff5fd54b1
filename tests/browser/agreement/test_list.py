"""Through the disagreements by keyboard."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotator.agreement import services
from annotator.platform.jobs import services as jobs
from tests.notation import make_spans

TEXT, SPANS = make_spans("Ada[Speaker] said [it rained](Claim kind=fact) and [it did](Claim kind=fact).")


@pytest.fixture
def report(project, ada, ben, make_document, make_set):
    document = make_document(TEXT)
    make_set(document, ada, SPANS, state="submitted")
    make_set(document, ben, [], state="submitted")
    report = services.start_report(project, started_by=None, now=timezone.now(), own_process=True)
    jobs.run_here(services.job_of(report))
    return report


def test_from_a_figure_to_the_sentence_by_keyboard(report, make_context, lead):
    page = make_context(lead).new_page()
    page.goto(f"/projects/news/agreement/{report.pk}/")
    page.get_by_role("region", name="Figures by label").get_by_role("link", name="0.00").first.press("Enter")
    page.wait_for_url(re.compile("disagreements/"))

    for key in ("j", "j", "k", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"documents/\d+/adjudication/\?at=at-missed-23-29$"))
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.wait_for_url(re.compile(r"documents/\d+/\?.*place=missed-23-29#at-missed-23-29$"))

    expect(page.locator(".mark.is-chosen")).to_have_text("it did")
    expect(page.locator("li[aria-current=true]")).to_have_count(1)
