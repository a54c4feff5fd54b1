"""Reports whose job does not come to its end at once, or never: killed, cancelled, given up."""

from contextlib import suppress

import pytest

from annotator.agreement import jobs as measurement_jobs
from annotator.agreement import services
from annotator.agreement.models import AgreementReport, DocumentAgreement, Measurement, ReportedSet
from annotator.agreement.reports import measurements
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.context import CancelRequested, Fenced, JobContext
from annotator.platform.jobs.models import Job, JobState
from tests.unit.agreement.conftest import measure

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]


class Killed(BaseException):
    """What nobody in the process can answer."""


@pytest.fixture
def stopped_in_the_third_batch(sample_project, now, monkeypatch):
    """Return a function that measures the sample corpus two documents at once and raises something in the third."""
    monkeypatch.setattr("annotator.agreement.selectors.spans.DOCUMENTS_AT_ONCE", 2)
    original, calls = measurements.measure_documents, []

    def stop(error):
        def measure_documents(basis, document_ids):
            calls.append(document_ids)
            if len(calls) == 3:
                raise error
            return original(basis, document_ids)

        monkeypatch.setattr(measurements, "measure_documents", measure_documents)
        report = services.start_report(sample_project, started_by=None, now=now, own_process=True)
        with suppress(Killed):
            jobs.run_here(services.job_of(report))
        return report, calls

    return stop


def rows_of(report):
    return [rows.objects.filter(report=report).count() for rows in (DocumentAgreement, ReportedSet)]


def test_a_killed_job_continues_after_its_last_batch(sample_project, now, stopped_in_the_third_batch):
    whole = measure(sample_project, now).result
    AgreementReport.objects.all().delete()
    Measurement.objects.all().delete()
    report, calls = stopped_in_the_third_batch(Killed())
    assert rows_of(report) == [4, 8]
    Job.objects.update(state=JobState.QUEUED)

    jobs.run_here(services.job_of(report))

    report.refresh_from_db()
    services.finish_gamma(report)
    assert [len(ids) for ids in calls] == [2, 2, 2, 2]
    assert report.result == whole


@pytest.mark.parametrize("error", [CancelRequested(), KeyboardInterrupt()])
def test_a_cancelled_report_leaves_only_measurements(sample_project, now, stopped_in_the_third_batch, error):
    whole = measure(sample_project, now).result
    AgreementReport.objects.all().delete()
    Measurement.objects.all().delete()

    report, calls = stopped_in_the_third_batch(error)

    job = services.job_of(report)
    job.refresh_from_db()
    assert (job.state, rows_of(report)) == (JobState.CANCELLED, [0, 0])
    assert Measurement.objects.count() == 4
    after = measure(sample_project, now)
    assert (after.result, services.job_of(after).result["reused"]) == (whole, 4)
    assert [len(ids) for ids in calls] == [2, 2, 2, 2]
    assert rows_of(after) == [6, 12]


def test_the_next_report_removes_rows_of_failed_jobs(sample_project, now, stopped_in_the_third_batch):
    finished = measure(sample_project, now)
    Measurement.objects.update(key="of other revisions")
    given_up, _ = stopped_in_the_third_batch(Killed())
    Job.objects.filter(state=JobState.RUNNING).update(state=JobState.FAILED)
    assert rows_of(given_up) == [4, 8]

    after = measure(sample_project, now)

    assert [rows_of(report) for report in (finished, given_up, after)] == [[6, 12], [0, 0], [6, 12]]
    assert after.result == finished.result


def test_a_running_report_keeps_its_rows(sample_project, now, stopped_in_the_third_batch):
    under_way, _ = stopped_in_the_third_batch(Killed())

    measure(sample_project, now)

    assert rows_of(under_way) == [4, 8]


def test_a_replaced_attempt_deletes_nothing(sample_project, now, monkeypatch):
    report = measure(sample_project, now)
    AgreementReport.objects.filter(pk=report.pk).update(measured_at=None)
    job = services.job_of(report)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempt=2)

    def is_cancelled(context, report):
        raise CancelRequested

    monkeypatch.setattr(measurement_jobs, "_measure", is_cancelled)
    with pytest.raises(Fenced):
        measurement_jobs.measure_agreement(JobContext(job))

    assert rows_of(report) == [6, 12]
