"""A killed import leaves no partial data, and the next attempt continues."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Change, Span
from annotator.imports import uploads
from annotator.imports.run import chunks, conversion
from annotator.imports.run.checkpoint import Checkpoint
from annotator.platform.jobs import leases, runner, services
from annotator.platform.jobs.models import Job, JobState
from tests.unit.imports.conftest import WORK, line, packed, report


class Killed(BaseException):
    """Stands for the end of the process: nothing of the house catches it."""


def kill_after(calls):
    """Return a listener to progress that ends the process at the given call."""
    left = iter(range(calls))

    def on_progress(done, total):
        if next(left, None) is None:
            raise Killed

    return on_progress


def go_on(job):
    """Do what a worker does when the lease of another has run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    runner.run(job.pk)
    job.refresh_from_db()


@pytest.mark.stores
@pytest.mark.parametrize(
    ("skip_bad", "calls"), [*((False, calls) for calls in range(10)), *((True, calls) for calls in range(6))]
)
def test_killed_import_continues_without_duplicates(start, monkeypatch, skip_bad, calls):
    monkeypatch.setattr(chunks, "MOST_DOCUMENTS", 2)
    bad = b"nonsense\n" if skip_bad else b""
    first = b"".join(line(f"Text {number}.", annotators={"A": {"spans": []}}) for number in range(5))
    second = (
        b"".join(line(f"Much more {number}.", annotators={"A": WORK}) for number in range(3))
        + line("Text 1.", id="a-2")
        + bad
    )
    job = start({"a.jsonl": first, "b.jsonl": second}, skip_bad=skip_bad, own_process=False)

    with pytest.raises(Killed):
        runner.run_claimed(leases.claim(job.pk, now=timezone.now()), on_progress=kill_after(calls))
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    go_on(job)

    assert (job.state, job.problem) == (JobState.DONE, None)
    ids = Document.objects.order_by("position").values_list("external_id", flat=True)
    assert list(ids) == ["a-1", "a-2", "a-3", "a-4", "a-5", "b-1", "b-2", "b-3"]
    assert AnnotationSet.objects.count() == Change.objects.count() == 8
    assert Span.objects.count() == 6
    assert {name: job.result[name] for name in ("documents", "annotation_sets", "spans", "duplicates")} == {
        "documents": 8,
        "annotation_sets": 8,
        "spans": 6,
        "duplicates": 1,
    }
    assert [where for _, where, _ in report(job)] == ["b.jsonl:4", "b.jsonl:5"][: 1 + skip_bad]


def test_import_killed_after_its_last_chunk_completes(start, uploads_folder):
    job = start({"a.jsonl": line()}, own_process=False)
    claimed = leases.claim(job.pk, now=timezone.now())
    runner.run_claimed(claimed)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, result=None)
    go_on(job)

    assert job.state == JobState.DONE
    assert job.result["documents"] == 1


def test_missing_upload_is_reported(start):
    job = start({"a.jsonl": line()})
    uploads.remove_folder(job.params["folder"])
    ended = services.run_here(job)
    assert (ended.state, ended.problem["code"]) == (JobState.FAILED, "upload_gone")
    assert "“a.jsonl”" in ended.problem["detail"]


def test_cancelled_import_keeps_complete_chunks(start, monkeypatch, uploads_folder):
    monkeypatch.setattr(chunks, "MOST_DOCUMENTS", 1)
    monkeypatch.setattr("annotator.platform.jobs.context.PROGRESS_INTERVAL", 0)
    job = start({"a.jsonl": line("One.") + line("Two.") + line("Three.")}, skip_bad=True)

    def cancel(done, total):
        Job.objects.filter(pk=job.pk).update(cancel_requested=True)

    ended = services.run_here(job, on_progress=cancel)
    assert ended.state == JobState.CANCELLED
    assert Document.objects.count() == 1
    assert list(uploads_folder.iterdir()) == []


def test_leftover_uploads_are_removed(start, uploads_folder):
    waiting = start({"a.jsonl": line()}).params["folder"]
    cancelled = start({"b.jsonl": line()})
    services.cancel(cancelled, now=timezone.now())
    (uploads_folder / "stray").mkdir()
    long_ago = (timezone.now() - timedelta(days=1)).timestamp()
    for folder in uploads_folder.iterdir():
        os.utime(folder, (long_ago, long_ago))

    fresh = start({"c.jsonl": line()}).params["folder"]

    assert {folder.name for folder in uploads_folder.iterdir()} == {waiting, fresh}


def test_failed_upload_leaves_no_files(project, uploads_folder):
    def breaking():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        uploads.store_files([uploads.IncomingFile("a.txt", breaking())])
    assert list(uploads_folder.iterdir()) == []


@pytest.mark.parametrize("calls", range(10))
def test_killed_archive_import_continues(start, monkeypatch, calls):
    monkeypatch.setattr(chunks, "MOST_DOCUMENTS", 2)
    monkeypatch.setattr(conversion, "DOCUMENTS_BETWEEN_CHECKS", 1)
    files = {f"eve/{number}.txt": f"Bo said {number}.".encode() for number in range(5)}
    files |= {f"eve/{number}.ann": b"T1\tPER 0 2\tBo\n" for number in range(5)}
    job = start({"a.zip": packed(files)}, new_labels="add", own_process=False)

    with pytest.raises(Killed):
        runner.run_claimed(leases.claim(job.pk, now=timezone.now()), on_progress=kill_after(calls))
    job.refresh_from_db()
    go_on(job)

    assert (job.state, job.result["documents"], job.result["spans"]) == (JobState.DONE, 5, 5)
    assert job.project.schema_versions.count() == 2
    assert [message for _, _, message in report(job)] == ["Published schema version 2 with the new names."]


def test_previewed_files_are_kept_for_a_day(start, uploads_folder):
    job = start({"a.txt": b"One."}, preview=True, own_process=False)
    runner.run(job.pk)
    folder = uploads_folder / job.params["folder"]
    two_hours_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(folder, (two_hours_ago, two_hours_ago))
    uploads.remove_left_over()
    assert folder.is_dir()
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(hours=25))
    uploads.remove_left_over()
    assert not folder.exists()


def test_killed_preview_reports_everything_once(start, monkeypatch):
    monkeypatch.setattr(chunks, "MOST_DOCUMENTS", 2)
    data = b"".join(line(f"Much more {number}.", annotators={"A": WORK}) for number in range(5)) + line("Much more 1.")
    job = start({"a.jsonl": data, "b.txt": b"Text."}, preview=True, own_process=False)
    with pytest.raises(Killed):
        runner.run_claimed(leases.claim(job.pk, now=timezone.now()), on_progress=kill_after(2))
    go_on(job)
    assert [(one["documents"], one["spans"]) for one in job.result["files"]] == [(6, 10), (1, 0)]
    assert job.result["items"]["found"]["documents"] == 7
    assert Document.objects.count() == 0


def test_progress_keeps_its_stored_names():
    stored = {
        "file": 1, "phase": "write", "line": 7, "offset": 90, "prepared": 2, "converted": {"1": 300}, "refused": [0],
        "novelties": {"labels": {"LOC": {"spans": 1, "parts": 1}}, "attributes": {}, "relations": {}}, "unknown": {},
        "surveys": {"1": {"documents": 3}}, "schema_version": 5, "counts": {"documents": 7},
        "by_file": {"1": {"error": 2}}, "items": {"1": {"found": {"spans": 3}, "left_out": {}}}, "names": {},
        "repeated": {},
    }  # fmt: skip
    checkpoint = Checkpoint.from_json(stored)
    assert checkpoint.added_names["labels"] == {"LOC": {"spans": 1, "parts": 1}}
    assert checkpoint.contents == {"1": {"documents": 3}}
    assert checkpoint.as_json() == stored
