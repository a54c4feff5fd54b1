"""Background work over the API."""

import pytest
from django.utils import timezone

from annotator.platform.jobs import leases, services
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.models import Job, JobState


@pytest.fixture
def job(project, ada):
    job = services.start(
        "import_documents", project_id=project.pk, params={"files": ["/secret"]}, started_by=ada, now=timezone.now()
    )
    context = JobContext(leases.claim(job.pk, now=timezone.now()))
    for level in ("info", "error", "info"):
        context.add_line(level, "a.txt:1", f"An {level}.")
    context.set_progress(1, 2)
    context.final_values()
    return job


def test_a_job_tells_how_far_it_is_and_nothing_of_its_parameters(api, ada, job):
    answer = api(ada).get(f"/api/v1/jobs/{job.pk}/")

    told = answer.json()
    assert answer.status_code == 200
    assert (told["state"], told["progress_done"], told["progress_total"]) == ("running", 1, 2)
    assert (told["project"], told["started_by"]) == ("news", "ada")
    assert "secret" not in answer.content.decode()


def test_lines_come_in_order_and_by_level(api, ada, job):
    everything = api(ada).get(f"/api/v1/jobs/{job.pk}/lines/").json()["results"]
    errors = api(ada).get(f"/api/v1/jobs/{job.pk}/lines/?level=error").json()["results"]

    assert [line["level"] for line in everything] == ["info", "error", "info"]
    assert [line["message"] for line in errors] == ["An error."]


def test_an_unknown_level_is_refused(api, ada, job):
    answer = api(ada).get(f"/api/v1/jobs/{job.pk}/lines/?level=loud")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_cancelling_asks_a_running_job_to_end_and_refuses_one_that_has(api, ada, job):
    asked = api(ada).post(f"/api/v1/jobs/{job.pk}/cancel/")
    Job.objects.update(state=JobState.DONE)
    refused = api(ada).post(f"/api/v1/jobs/{job.pk}/cancel/")

    assert (asked.status_code, asked.json()["cancel_requested"]) == (200, True)
    assert (refused.status_code, refused.json()["code"]) == (409, "job_finished")


def test_the_list_holds_what_one_may_see(api, lead, ada, ben, job):
    lists = {user.username: api(user).get("/api/v1/projects/news/jobs/").json()["results"] for user in (lead, ada, ben)}

    assert [len(lists[name]) for name in ("lena", "ada", "ben")] == [1, 1, 0]


@pytest.mark.parametrize("path", ["jobs/{}/", "jobs/{}/lines/", "projects/news/jobs/"])
def test_strangers_find_nothing(api, stranger, job, path):
    assert api(stranger).get("/api/v1/" + path.format(job.pk)).status_code == 404


def test_who_left_the_project_sees_their_jobs_no_more(api, ada, job, project):
    project.memberships.filter(user=ada).delete()

    assert api(ada).get(f"/api/v1/jobs/{job.pk}/").status_code == 404


def test_others_may_not_cancel(api, viewer, ben, job):
    assert api(viewer).post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 404
    assert api(ben).post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 404
    assert not Job.objects.get().cancel_requested
