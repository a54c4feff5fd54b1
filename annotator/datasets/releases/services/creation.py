"""Freezing a choice of sets as a release, and starting the jobs that build and check it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from annotator.datasets.releases.contents.selection import Selection, origins_by_set, select
from annotator.datasets.releases.layouts.registry import CURRENT, layout_of
from annotator.datasets.releases.models import FrozenDocument, FrozenSet, Release
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.releases.problems import (
    NothingToRelease,
    ReleaseBusy,
    ReleaseIsBuilt,
    ReleaseNameTaken,
    ReleaseNotBuilt,
)
from annotator.datasets.splits.requests import SplitRequest
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import Table, insert_rows
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.problems import FieldError, InvalidInput
from projects.models import Project
from projects.services.locks import lock_project

BUILD_JOB = "build_release"
CHECK_JOB = "check_release"
DOCUMENTS = Table("releases_frozendocument", ("release_id", "document_id", "sha256", "split"))
SETS = Table(
    "releases_frozenset",
    (
        *("release_id", "document_id", "annotation_set_id", "revision", "name", "kind", "state"),
        *("schema_version", "guideline_version", "is_evidence", "origins"),
    ),
)


@transaction.atomic
def create_release(
    project: Project,
    *,
    options: ReleaseOptions,
    created_by: User | None,
    now: datetime,
    own_process: bool = False,
) -> Release:
    """Freeze the sets that leave now and start the job that builds the archive; a command passes `own_process`.

    Raises `NothingToRelease`, `ReleaseNameTaken`, `InvalidInput` for an earlier release that does not exist.
    """
    lock_project(project)
    _check_name(project, options.name)
    if options.like is not None:
        options = replace(options, splits=_splits_like(project, options.like))
    chosen = select(project, options.data)
    if not chosen.entry:
        raise NothingToRelease(
            "No finished annotation set would be in it. Submit, adjudicate or import some, or choose another view."
        )
    last = Release.objects.filter(project=project).order_by("-number", "-id").first()
    release = Release.objects.create(
        project=project,
        number=1 if last is None else last.number + 1,
        name=options.name,
        options=options.as_json(),
        origin=_origin(project, chosen),
        layout=CURRENT.number,
        software=settings.VERSION,
        created_by=created_by,
        created_at=now,
    )
    _freeze(release, chosen)
    return start_build(release, started_by=created_by, now=now, own_process=own_process)


def _check_name(project: Project, name: str) -> None:
    known = Release.objects.filter(project=project, name=name).order_by("id").first()
    if known is not None:
        raise ReleaseNameTaken(f"Release {known.number} is called “{name}” already. Choose another name.")


def _splits_like(project: Project, number: int) -> SplitRequest:
    """What the splits of an earlier release were asked to be, under the salt that they came out with."""
    found = Release.objects.filter(project=project, number=number).exclude(sha256="").order_by("id").first()
    splits = None if found is None else ReleaseOptions.from_json(found.options).splits
    if found is None or found.manifest is None or splits is None:
        detail = f"There is no release {number} that was built with splits."
        errors: list[FieldError] = [{"pointer": "/splits/like", "detail": detail}]
        raise InvalidInput(detail, errors=errors)
    return replace(splits, salt=found.manifest["splits"]["salt"])


def _origin(project: Project, chosen: Selection) -> dict[str, Any]:
    """What of the project may change later."""
    return {
        "slug": project.slug,
        "name": project.name,
        "description": project.description,
        "left_out": dict(chosen.left_out),
    }


def _freeze(release: Release, chosen: Selection) -> None:
    """Write the rows of documents and sets as they are: model objects would cost several times as much."""
    origins = origins_by_set(chosen.entry)
    documents = [(release.pk, key, sha256, "") for key, sha256 in sorted(chosen.documents.items())]
    sets: list[tuple[Any, ...]] = []
    for heads, is_evidence in ((chosen.entry, False), (chosen.evidence, True)):
        sets += [(*_row(release, head), is_evidence, _json(origins.get(head["id"]))) for head in heads]
    _insert(DOCUMENTS, documents)
    _insert(SETS, sets)


def _row(release: Release, head: Any) -> tuple[Any, ...]:
    return (
        *(release.pk, head["document_id"], head["id"], head["revision"], head["name"], head["kind"], head["state"]),
        *(head["schema_version__number"], head["guideline_version__number"]),
    )


def _json(value: dict[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _insert(table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        insert_rows(cursor, table, rows)


def start_build(release: Release, *, started_by: User | None, now: datetime, own_process: bool = False) -> Release:
    """Start the job that builds the archive, the first time or once more; raises `ReleaseBusy`, `OtherLayout`."""
    return _start(BUILD_JOB, release, started_by=started_by, now=now, own_process=own_process)


def start_check(release: Release, *, started_by: User | None, now: datetime, own_process: bool = False) -> Release:
    """Start the job that checks the archive and compares it with one built anew; raises `ReleaseNotBuilt`."""
    if not release.is_built:
        raise ReleaseNotBuilt(f"Release {release.number} was never built; there is nothing to check.")
    return _start(CHECK_JOB, release, started_by=started_by, now=now, own_process=own_process)


@transaction.atomic
def _start(kind: str, release: Release, *, started_by: User | None, now: datetime, own_process: bool) -> Release:
    lock_project(release.project)
    release.refresh_from_db()
    if release.job is not None and release.job.state not in FINAL_STATES:
        raise ReleaseBusy(f"Job {release.job_id} works on release {release.number}. Wait for it, or cancel it.")
    layout_of(release)
    params = {"release_id": release.pk}
    release.job = jobs.start(
        kind, project_id=release.project_id, params=params, started_by=started_by, now=now, own_process=own_process
    )
    release.save(update_fields=["job"])
    return release


def job_of(release: Release) -> Job:
    """Return the last job that worked on a release."""
    if release.job is None:
        raise ValueError(f"Release {release.pk} has lost its job.")
    return release.job


@transaction.atomic
def discard_release(release: Release) -> None:
    """Throw a release away that was never built; raises `ReleaseIsBuilt`, `ReleaseBusy`."""
    lock_project(release.project)
    release.refresh_from_db()
    if release.is_built:
        raise ReleaseIsBuilt(
            f"Release {release.number} was built; somebody may rely on it. Releases that were built stay."
        )
    if release.job is not None and release.job.state not in FINAL_STATES:
        raise ReleaseBusy(f"Job {release.job_id} works on release {release.number}. Cancel it first.")
    FrozenSet.objects.filter(release=release).delete()
    FrozenDocument.objects.filter(release=release).delete()
    release.delete()
