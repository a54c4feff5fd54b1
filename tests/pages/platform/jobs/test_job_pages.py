"""Pages of background jobs, in a client without scripts."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from annotator.platform.jobs import leases, registry, services
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import Job, JobState


@pytest.fixture
def job(project, ada):
    return services.start("import_documents", project_id=project.pk, params={}, started_by=ada, now=timezone.now())


def job_url(job, name="job"):
    return reverse(f"jobs:{name}", args=[job.project.slug, job.pk])


def test_the_page_shows_report_and_result(page, ada, job):
    context = JobContext(leases.claim(job.pk, now=timezone.now()))
    context.set_progress(1200, 20000)
    context.add_line("error", "a.jsonl:3", "<script>alert(1)</script>")
    leases.finish(
        job.pk,
        1,
        state=JobState.DONE,
        now=timezone.now(),
        result={"summary": "All in.", "url": "/projects/news/", "url_text": "Look at them"},
        **context.final_values(),
    )

    html = page(ada).get(job_url(job)).content.decode()

    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert '<a class="button button--primary" href="/projects/news/">Look at them</a>' in html
    assert "hx-get" not in html


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_a_result_links_to_this_site_only(page, ada, job, url):
    Job.objects.update(state=JobState.DONE, result={"url": url}, finished_at=timezone.now())

    assert "button--primary" not in page(ada).get(job_url(job)).content.decode()


def test_a_running_job_shows_its_progress(page, ada, job):
    JobContext(leases.claim(job.pk, now=timezone.now())).set_progress(1200, 20000)

    html = page(ada).get(job_url(job)).content.decode()

    assert "6&nbsp;%" in html
    assert 'value="1200" max="20000"' in html


def test_the_state_reloads_until_the_job_has_ended(page, ada, job):
    client = page(ada)
    moving = client.get(job_url(job), headers={"HX-Request": "true"})
    Job.objects.update(state=JobState.CANCELLED, finished_at=timezone.now())
    ended = client.get(job_url(job), headers={"HX-Request": "true"})

    assert 'hx-trigger="every 1s"' in moving.content.decode()
    assert "<html" not in moving.content.decode()
    assert "HX-Request" in moving["Vary"]
    assert ended["HX-Refresh"] == "true"


def test_a_queued_job_explains_the_wait(page, ada, job):
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=1))

    assert "No worker has started this job yet" in page(ada).get(job_url(job)).content.decode()


def test_a_lost_worker_is_reported(page, ada, job):
    leases.claim(job.pk, now=timezone.now() - timedelta(hours=1))

    assert "does not respond" in page(ada).get(job_url(job)).content.decode()


def test_the_starter_cancels_the_job(page, ada, job):
    answer = page(ada).post(job_url(job, "cancel"), follow=True)

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert "Cancelled" in answer.content.decode()
    assert f'href="{reverse("imports:new", args=[job.project.slug])}">Go back to “Import”' in answer.content.decode()


def test_every_kind_of_job_leads_back_to_an_existing_page(project):
    kinds = [kind for kind in registry.kinds() if kind.page]
    assert len(kinds) > 10
    assert all(reverse(kind.page, args=[project.slug]).startswith("/projects/") for kind in kinds)


def test_leads_cancel_jobs_and_viewers_do_not(page, lead, viewer, job):
    assert "Cancel</button>" not in page(viewer).get(job_url(job)).content.decode()
    assert page(viewer).post(job_url(job, "cancel")).status_code == 404
    assert page(lead).post(job_url(job, "cancel")).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_jobs_of_other_members_are_hidden(page, ben, stranger, job):
    list_url = reverse("jobs:jobs", args=["news"])

    assert page(ben).get(job_url(job)).status_code == 404
    assert f"/jobs/{job.pk}/" not in page(ben).get(list_url).content.decode()
    assert page(stranger).get(job_url(job)).status_code == 404
    assert page(stranger).get(list_url).status_code == 404
    assert page().get(job_url(job)).status_code == 302


def test_a_job_is_not_shown_under_another_project(page, ada, job, make_project):
    make_project("other", members={ada: "lead"})

    assert page(ada).get(reverse("jobs:job", args=["other", job.pk])).status_code == 404


def test_the_list_is_newest_first(page, lead, job, project):
    newer = services.start("measure_agreement", project_id=project.pk, params={}, started_by=None, now=timezone.now())

    html = page(lead).get(reverse("jobs:jobs", args=["news"])).content.decode()

    assert html.index(job_url(newer)) < html.index(job_url(job))


def test_a_long_report_has_pages(page, ada, job):
    context = JobContext(leases.claim(job.pk, now=timezone.now()))
    for number in range(130):
        context.add_line("info", f"a.jsonl:{number}", "Already there.")
    context.final_values()

    html = page(ada).get(job_url(job) + "?page=2").content.decode()

    assert "a.jsonl:129" in html
    assert "a.jsonl:99<" not in html
    assert "Page 2 of 2" in html


def body_of(answer):
    return b"".join(answer.streaming_content).decode()


def test_the_report_is_downloaded_as_a_file(page, ada, job):
    context = JobContext(leases.claim(job.pk, now=timezone.now()))
    context.add_line("error", "a.jsonl:3", '=1+1, “no”\n"two lines"')
    context.add_line("warning", "", "Put right.")
    context.save_checkpoint({})
    leases.finish(job.pk, 1, state=JobState.DONE, now=timezone.now(), result={"summary": "All in."})

    as_json = json.loads(body_of(page(ada).get(job_url(job, "json-report"))))
    assert (as_json["state"], as_json["result"]["summary"]) == ("done", "All in.")
    assert [line["message"] for line in as_json["report"]] == ['=1+1, “no”\n"two lines"', "Put right."]
    rows = list(csv.reader(io.StringIO(body_of(page(ada).get(job_url(job, "csv-report"))), newline="")))
    # A program for tables must not calculate what came out of a file.
    assert rows == [
        ["level", "where", "message"],
        ["error", "a.jsonl:3", '\'=1+1, “no”\n"two lines"'],
        ["warning", "", "Put right."],
    ]


def test_a_table_in_the_result_is_shown_as_text(page, ada, job):
    table = {"title": "Files", "columns": ["File", "Spans"], "rows": [["<b>a</b>.jsonl", "1,200"]]}
    Job.objects.update(state=JobState.DONE, result={"table": table}, finished_at=timezone.now())
    html = page(ada).get(job_url(job)).content.decode()
    assert "&lt;b&gt;a&lt;/b&gt;.jsonl" in html
    assert '<td class="number">1,200</td>' in html
