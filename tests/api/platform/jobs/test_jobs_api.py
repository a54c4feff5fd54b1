"""API of background jobs."""

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


def test_a_job_has_progress_but_no_parameters(api, ada, job):
    answer = api(ada).get(f"/api/v1/jobs/{job.pk}/")

    told = answer.json()
    assert answer.status_code == 200
    assert (told["state"], told["progress_done"], told["progress_total"]) == ("running", 1, 2)
    assert (told["project"], told["started_by"]) == ("news", "ada")
    assert "secret" not in answer.content.decode()


def test_lines_are_ordered_and_filtered_by_level(api, ada, job):
    everything = api(ada).get(f"/api/v1/jobs/{job.pk}/lines/").json()["results"]
    errors = api(ada).get(f"/api/v1/jobs/{job.pk}/lines/?level=error").json()["results"]

    assert [line["level"] for line in everything] == ["info", "error", "info"]
    assert [line["message"] for line in errors] == ["An error."]


def test_an_unknown_level_is_refused(api, ada, job):
    answer = api(ada).get(f"/api/v1/jobs/{job.pk}/lines/?level=loud")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_a_running_job_is_cancelled_and_a_finished_one_is_not(api, ada, job):
    asked = api(ada).post(f"/api/v1/jobs/{job.pk}/cancel/")
    Job.objects.update(state=JobState.DONE)
    refused = api(ada).post(f"/api/v1/jobs/{job.pk}/cancel/")

    assert (asked.status_code, asked.json()["cancel_requested"]) == (200, True)
    assert (refused.status_code, refused.json()["code"]) == (409, "job_finished")


def test_the_list_is_limited_to_visible_jobs(api, lead, ada, ben, job):
    lists = {user.username: api(user).get("/api/v1/projects/news/jobs/").json()["results"] for user in (lead, ada, ben)}

    assert [len(lists[name]) for name in ("lena", "ada", "ben")] == [1, 1, 0]


@pytest.mark.parametrize("path", ["jobs/{}/", "jobs/{}/lines/", "projects/news/jobs/"])
def test_non_members_get_404(api, stranger, job, path):
    assert api(stranger).get("/api/v1/" + path.format(job.pk)).status_code == 404


def test_former_members_do_not_see_their_jobs(api, ada, job, project):
    project.memberships.filter(user=ada).delete()

    assert api(ada).get(f"/api/v1/jobs/{job.pk}/").status_code == 404


def test_other_members_cannot_cancel(api, viewer, ben, job):
    assert api(viewer).post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 404
    assert api(ben).post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 404
    assert not Job.objects.get().cancel_requested
