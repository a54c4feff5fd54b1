"""Failures while releases are built and later, and how they are reported."""

import errno
import hashlib
import os
import subprocess
import sys
import zipfile

import pytest
from django.db import DatabaseError, transaction

from annotator.corpus.spans.models import AnnotationSet
from annotator.datasets.releases import services
from annotator.datasets.releases.models import FrozenDocument, FrozenSet, Release
from annotator.datasets.releases.problems import NothingToRelease, ReleaseBusy, ReleaseIsBuilt, ReleaseNameTaken
from annotator.datasets.releases.serializers import parse_release
from annotator.datasets.releases.services.building import archive_of, directory_of
from annotator.platform.jobs import context
from annotator.platform.jobs.models import JobState
from annotator.platform.jobs.services import cancel, run_here

SPLITS = {"shares": {"train": 0.6, "test": 0.4}}


@pytest.mark.stores
@pytest.mark.django_db(transaction=True)
def test_what_is_frozen_cannot_be_changed(work, released):
    release = released()

    for change in (
        lambda: Release.objects.update(name="2.0"),
        lambda: Release.objects.update(options={}),
        lambda: Release.objects.update(sha256="0" * 64),
        lambda: FrozenSet.objects.update(revision=7),
        lambda: FrozenDocument.objects.update(sha256="0" * 64),
    ):
        with pytest.raises(DatabaseError, match="A release never changes"), transaction.atomic():
            change()

    release.refresh_from_db()
    assert release.name == "1.0"
    with pytest.raises(ReleaseIsBuilt):
        services.discard_release(release)


def test_change_outside_of_the_log_is_detected(work, released, rebuilt):
    release = released()
    work[0].spans.update(label="Claim")

    ended = rebuilt(release)

    assert (ended.state, ended.problem["code"]) == (JobState.FAILED, "release_differs")
    assert "data/all.jsonl differs from a new build." in ended.problem["detail"]
    assert hashlib.sha256(archive_of(release).read_bytes()).hexdigest() == release.sha256


def test_nothing_finished_is_nothing_to_release(project, released, make_document, make_set, ada):
    make_set(make_document(), ada)

    with pytest.raises(NothingToRelease):
        released()


def test_release_name_is_unique(work, released):
    released("1.0")

    with pytest.raises(ReleaseNameTaken):
        released("1.0")


def draft(project, now):
    options = parse_release({"name": "1.0"})
    return services.create_release(project, options=options, created_by=None, now=now, own_process=True)


def test_cancelled_release_can_be_built_or_discarded(work, project, now, monkeypatch):
    # A job looks a few times a second whether it was cancelled; this one is over sooner.
    monkeypatch.setattr(context, "PROGRESS_INTERVAL", 0)
    release = draft(project, now)
    job = services.job_of(release)

    def cancel_it(done, total):
        if done and not job.cancel_requested:
            cancel(job, now=now)

    ended = run_here(job, on_progress=cancel_it)
    release.refresh_from_db()
    assert ended.state == JobState.CANCELLED
    assert list(directory_of(release).local.iterdir()) == []
    assert not release.is_built
    services.start_build(release, started_by=None, now=now, own_process=True)
    with pytest.raises(ReleaseBusy):
        services.start_build(release, started_by=None, now=now, own_process=True)
    cancel(services.job_of(release), now=now)
    services.discard_release(release)
    assert not Release.objects.exists()
    assert not FrozenSet.objects.exists()


def test_killed_attempt_does_not_block_the_next(work, project, now):
    release = draft(project, now)
    left = directory_of(release).local / "at-work-killed"
    left.mkdir(parents=True)
    (left / "release.zip").write_bytes(b"half of it")

    ended = run_here(services.job_of(release))

    assert ended.state == JobState.DONE, ended.problem
    assert [path.name for path in directory_of(release).local.iterdir()] == ["release.zip"]


def test_full_disk_is_told_and_leaves_nothing(work, project, now, monkeypatch):
    def no_room(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    release = draft(project, now)

    ended = run_here(services.job_of(release))

    assert (ended.state, ended.problem["code"]) == (JobState.FAILED, "disk_full")
    release.refresh_from_db()
    assert not release.is_built
    assert list(directory_of(release).local.iterdir()) == []


def test_load_py_runs_in_an_unpacked_folder(work, released, tmp_path):
    release = released(splits=SPLITS)
    folder = tmp_path / "empty"
    with zipfile.ZipFile(archive_of(release).local) as archive:
        archive.extractall(folder)

    done = subprocess.run(
        [sys.executable, "-I", "load.py", "--example"], cwd=folder, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "Every text and every offset is right." in done.stdout
    assert "News, release 1.0" in done.stdout
    spans = sum(counts["spans"]["all"] for counts in release.manifest["splits"]["by_split"].values())
    assert (
        sum(int(line.split(" lines, ")[1].split()[0]) for line in done.stdout.splitlines() if " lines, " in line)
        == spans
    )


def test_load_py_detects_a_moved_offset(work, released, tmp_path):
    folder = tmp_path / "empty"
    with zipfile.ZipFile(archive_of(released()).local) as archive:
        archive.extractall(folder)
    data = folder / "data/all.jsonl"
    data.write_bytes(data.read_bytes().replace(b"[0,3]", b"[0,2]"))

    done = subprocess.run([sys.executable, "-I", "load.py"], cwd=folder, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "data/all.jsonl was changed" in done.stderr


def test_released_set_cannot_be_withdrawn(work, released):
    empty = AnnotationSet.objects.filter(revision=0)
    released()

    with pytest.raises(DatabaseError), transaction.atomic():
        empty.delete()
