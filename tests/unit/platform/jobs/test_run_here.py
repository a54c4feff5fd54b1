"""Jobs that a command runs in its own process."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.platform.jobs import leases, registry, selectors, services
from annotator.platform.jobs.context import Fenced, JobContext
from annotator.platform.jobs.models import Job, JobState
from annotator.problems import Conflict, Problem
from projects.selectors import project_of_job

pytestmark = pytest.mark.stores


@pytest.fixture
def kind(monkeypatch):
    """Return a function that registers a body for this test only."""
    registry.discover()
    kinds = dict(registry._kinds)
    monkeypatch.setattr(registry, "_kinds", kinds)

    def register(body, name="test_job"):
        registry.job_kind(name)(body)
        return name

    return register


@pytest.fixture
def start(project, lead, now):
    """Return a function that stores a job."""

    def start(kind, **params):
        return services.start(kind, project_id=project.pk, params=params, started_by=lead, now=now, own_process=True)

    return start


def report(job):
    return [(line.level, line.where, line.message) for line in selectors.lines_of(job)]


def test_a_job_ends_with_its_result_progress_and_report(kind, start):
    seen = []

    def body(context: JobContext):
        context.set_progress(1, 2)
        context.add_line("warning", "a.txt:1", "It is odd.")
        context.set_progress(2, 2)
        return {"project": project_of_job(context).slug, "given": context.params["given"]}

    job = services.run_here(start(kind(body), given=7), on_progress=lambda *step: seen.append(step))

    assert (job.state, job.result, job.attempt) == (JobState.DONE, {"project": "news", "given": 7}, 1)
    assert (job.progress_done, job.progress_total, job.lease_until) == (2, 2, None)
    assert seen == [(1, 2), (2, 2)]
    assert report(job) == [("warning", "a.txt:1", "It is odd.")]


def test_a_problem_fails_the_job_and_keeps_the_report(kind, start):
    def body(context):
        context.add_line("error", "a.txt:3", "Not JSON.")
        raise Conflict("Nothing went in.", lines=1)

    job = services.run_here(start(kind(body)))

    assert job.state == JobState.FAILED
    assert (job.problem["detail"], job.problem["code"], job.problem["lines"]) == ("Nothing went in.", "conflict", 1)
    assert report(job) == [("error", "a.txt:3", "Not JSON.")]


def test_a_bug_fails_the_job_without_details(kind, start, caplog):
    def body(context):
        raise KeyError("secret")

    job = services.run_here(start(kind(body)))

    assert (job.state, job.problem["code"]) == (JobState.FAILED, "internal_error")
    assert "secret" not in str(job.problem)
    assert "KeyError: 'secret'" in caplog.text


def test_a_full_disk_is_reported(kind, start):
    def body(context):
        raise OSError(28, "No space left on device")

    assert services.run_here(start(kind(body))).problem["code"] == "disk_full"


def test_an_unknown_kind_fails_with_its_name(start):
    job = services.run_here(start("of_another_version"))

    assert (job.state, job.problem["code"]) == (JobState.FAILED, "unknown_kind")
    assert "of_another_version" in job.problem["detail"]


def test_a_keyboard_interrupt_cancels(kind, start):
    def body(context):
        context.set_progress(3, 9)
        raise KeyboardInterrupt

    job = services.run_here(start(kind(body)))

    assert (job.state, job.progress_done) == (JobState.CANCELLED, 3)


def test_a_cancelled_job_stops_after_its_step(kind, start, now):
    steps = []

    def body(context):
        for step in range(5):
            context.raise_if_cancelled()
            steps.append(step)
            services.cancel(Job.objects.get(pk=context.job_id), now=now)

    job = services.run_here(start(kind(body)))

    assert (job.state, steps) == (JobState.CANCELLED, [0])


def test_a_finished_job_is_not_run_again(kind, start):
    job = services.run_here(start(kind(lambda context: {})))

    with pytest.raises(services.JobTaken):
        services.run_here(job)


def test_a_fenced_attempt_writes_nothing(kind, start):
    written = []

    def body(context):
        Job.objects.filter(pk=context.job_id).update(attempt=2, progress_done=50)
        for write in (
            lambda: context.save_checkpoint({"at": 1}),
            lambda: context.set_progress(1, 2),
            context.raise_if_cancelled,
        ):
            with pytest.raises(Fenced):
                write()
            written.append(write)
        context.save_checkpoint({"at": 2})

    job = services.run_here(start(kind(body)))

    assert len(written) == 3
    assert (job.state, job.attempt, job.cursor, job.progress_done) == (JobState.RUNNING, 2, None, 50)


def test_the_next_attempt_continues_from_the_checkpoint(project, lead, now):
    job = services.start("any", project_id=project.pk, params={}, started_by=lead, now=now)
    first = JobContext(leases.claim(job.pk, now=now))
    first.add_line("info", "1", "kept")
    first.save_checkpoint({"next": 2})
    first.add_line("info", "2", "will be said again")
    first.final_values()

    later = timezone.now() + timedelta(hours=1)
    second = JobContext(leases.claim(job.pk, now=later))
    second.add_line("info", "2", "said again")
    second.final_values()

    assert (second.cursor, second.attempt) == ({"next": 2}, 2)
    assert [message for _, _, message in report(job)] == ["kept", "said again"]
    with pytest.raises(Fenced):
        first.save_checkpoint({"next": 3})


def test_problem_documents_can_be_stored(kind, start):
    class Odd(Problem):
        code = "odd"

    def body(context):
        raise Odd("A line has a NUL: \0 and a surrogate: \ud800.", where=[1, 2])

    assert services.run_here(start(kind(body))).problem["detail"] == "A line has a NUL: ␀ and a surrogate: ?."


def test_unfinished_job_is_returned_instead_of_a_second_one(project, lead, now):
    def start(**options):
        values = {"project_id": project.pk, "started_by": lead, "now": now, "same": ["source"], **options}
        return services.start_once("any", **values)

    first = start(params={"source": "rules", "documents": 5})

    assert start(params={"source": "rules", "documents": 9}) == first
    assert start(params={"source": "model"}) != first
    assert start(params={"source": "rules"}, own_process=True) != first, "a command does the work itself"
    Job.objects.update(state=JobState.DONE)
    assert start(params={"source": "rules"}).state == JobState.QUEUED
