"""The page of a job while it is open."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotator.platform.jobs import leases, services
from annotator.platform.jobs.models import Job, JobState
from tests.browser.polling import note_requests, requests_of


@pytest.fixture
def job(project, lead):
    started = services.start("import_documents", project_id=project.pk, params={}, started_by=lead, now=timezone.now())
    return leases.claim(started.pk, now=timezone.now())


@pytest.fixture
def open_page(make_context):
    """Return a function that opens an address as somebody; what the browser complains about fails the test."""
    complaints = []

    def open_page(user, address):
        page = make_context(user).new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.clock.install()
        note_requests(page)
        page.goto(address)
        return page

    yield open_page
    assert complaints == []


def test_an_open_page_shows_progress_and_report(open_page, lead, job):
    page = open_page(lead, f"/projects/news/jobs/{job.pk}/")
    leases.held_by(job.pk, 1).update(progress_done=40, progress_total=80)
    page.get_by_text("50 %").wait_for()
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute("value", "40")

    job.lines.create(level="error", where="a.jsonl:3", message="It is not JSON.")
    leases.finish(
        job.pk, 1, state=JobState.DONE, now=timezone.now(), progress_done=80, result={"summary": "One line was bad."}
    )
    page.get_by_text("One line was bad.").wait_for()

    expect(page.get_by_text("It is not JSON.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    asked = requests_of(page)
    page.clock.run_for(10_000)
    assert requests_of(page) == asked


def test_the_cancel_button_keeps_the_focus(open_page, lead, job):
    page = open_page(lead, f"/projects/news/jobs/{job.pk}/")
    page.get_by_role("button", name="Cancel").focus()
    leases.held_by(job.pk, 1).update(progress_done=7, progress_total=9)
    page.get_by_text("77 %").wait_for()

    page.keyboard.press("Enter")
    page.get_by_text("Cancelling after the current step").wait_for()

    assert Job.objects.get().cancel_requested
