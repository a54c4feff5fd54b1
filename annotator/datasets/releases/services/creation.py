"""Creating releases, and starting the jobs that build and verify them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.quotas import check_quota
from annotator.corpus.spans.selectors import tested_counts
from annotator.datasets.releases.contents.facts import has_blind_sets
from annotator.datasets.releases.contents.selection import Selection, origins_by_set, select
from annotator.datasets.releases.contents.source import DraftSource
from annotator.datasets.releases.layouts.registry import CURRENT, ReleaseLayout, layout_of
from annotator.datasets.releases.models import FrozenDocument, FrozenSet, Release
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.releases.problems import (
    NothingToRelease,
    ReleaseBusy,
    ReleaseIsBuilt,
    ReleaseNameTaken,
    ReleaseNotBuilt,
)
from annotator.datasets.splits.blind_test import TEST
from annotator.datasets.splits.requests import SplitRequest
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import Table, insert_rows
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.platform.shared_files import UNFINISHED, scratch_root
from annotator.problems import FieldError, InvalidInput
from projects.models import Project
from projects.selectors import migrations_in_force
from projects.services.locks import lock_project

BUILD_JOB = "build_release"
CHECK_JOB = "check_release"
DRAFT_JOB = "draft_release"
BLIND_SINCE = 2
"""The first layout whose test splits prefer blind documents."""
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
    layout: ReleaseLayout = CURRENT,
) -> Release:
    """Freeze the selected sets as they are now and start the job that builds the archive.

    A command that runs the job itself passes `own_process`. Raise `NothingToRelease`, `ReleaseNameTaken`, or
    `InvalidInput` for an earlier release that does not exist.
    """
    lock_project(project)
    _check_name(project, options.name)
    check_quota(project)
    options, selected = _selected(project, options, layout)
    last = Release.objects.filter(project=project).order_by("-number", "-id").first()
    release = Release.objects.create(
        project=project,
        number=1 if last is None else last.number + 1,
        name=options.name,
        options=options.as_json(),
        origin=_origin(project, selected),
        layout=layout.number,
        software=settings.VERSION,
        created_by=created_by,
        created_at=now,
    )
    _freeze(release, selected)
    return start_build(release, started_by=created_by, now=now, own_process=own_process)


def _selected(
    project: Project, options: ReleaseOptions, layout: ReleaseLayout = CURRENT
) -> tuple[ReleaseOptions, Selection]:
    """Return the options with the splits of an earlier release, and what a release would freeze now."""
    if options.like is not None:
        options = replace(options, splits=_splits_like(project, options.like))
    elif options.splits is not None:
        options = replace(options, splits=_with_blind_test(project, options.splits, layout))
    selected = select(project, options.data)
    if not selected.released:
        raise NothingToRelease(
            _("The release would be empty: submit, adjudicate or import annotation sets, or select another view.")
        )
    return options, selected


@transaction.atomic
def start_draft(
    project: Project, *, options: ReleaseOptions, started_by: User | None, now: datetime, own_process: bool = False
) -> Job:
    """Start the job that makes the data card of a release without freezing anything.

    Raise `NothingToRelease`, `ReleaseNameTaken`, or `InvalidInput` for an earlier release that does not exist.
    """
    _check_name(project, options.name)
    check_quota(project)
    _selected(project, options)
    params = {"options": options.as_json() | {"like": options.like}}
    return jobs.start(
        DRAFT_JOB, project_id=project.pk, params=params, started_by=started_by, now=now, own_process=own_process
    )


def draft_card(project: Project, options: ReleaseOptions, *, on_progress: Callable[[int, int], None]) -> str:
    """Return the data card of a release with what it would freeze now; its files are removed."""
    options, selected = _selected(project, options)
    head = {"name": options.name, "software": settings.VERSION, "layout": CURRENT.number}
    head |= {"origin": _origin(project, selected), "options": options.as_json()}
    with TemporaryDirectory(prefix=UNFINISHED, dir=scratch_root()) as folder, Path(folder, "draft").open("xb") as file:
        return CURRENT.write_archive(DraftSource(project, selected, head), file, on_progress=on_progress).card


def _check_name(project: Project, name: str) -> None:
    existing = Release.objects.filter(project=project, name=name).order_by("id").first()
    if existing is not None:
        text = _("The name “{name}” is already used by release {number}. Choose another name.")
        raise ReleaseNameTaken(text.format(name=name, number=existing.number))


def _splits_like(project: Project, number: int) -> SplitRequest:
    """Return the splits that an earlier release requested, with the salt that was chosen for them."""
    earlier = Release.objects.filter(project=project, number=number).exclude(sha256="").order_by("id").first()
    splits = None if earlier is None else ReleaseOptions.from_json(earlier.options).splits
    if earlier is None or earlier.manifest is None or splits is None:
        detail = _("There is no release {number} with splits.").format(number=number)
        errors: list[FieldError] = [{"pointer": "/splits/like", "detail": detail}]
        raise InvalidInput(detail, errors=errors)
    return replace(splits, salt=earlier.manifest["splits"]["salt"])


def _with_blind_test(project: Project, splits: SplitRequest, layout: ReleaseLayout) -> SplitRequest:
    """Return the splits, with blind documents first in “test” if the request leaves it open and the project has any."""
    if splits.blind_test is not None:
        return splits
    by_default = layout.number >= BLIND_SINCE and TEST in splits.shares and has_blind_sets(project)
    return replace(splits, blind_test=by_default)


def _origin(project: Project, selected: Selection) -> dict[str, Any]:
    """Return what may change later of the project."""
    return {
        "slug": project.slug,
        "name": project.name,
        "description": project.description,
        "left_out": {**selected.left_out, **tested_counts(project)},
        **_mappings(project, selected),
    }


def _mappings(project: Project, selected: Selection) -> dict[str, Any]:
    """Return the mappings through which sets of earlier schema versions are read; nothing when there are none.

    They are stored with the release: undoing a migration later changes no byte of it.
    """
    versions = {head["schema_version__number"] for head in (*selected.released, *selected.evidence)}
    rows = []
    for migration in sorted(migrations_in_force(project), key=lambda row: row.source.number):
        if migration.source.number in versions:
            versions.add(migration.target.number)
            numbers = {"from_version": migration.source.number, "to_version": migration.target.number}
            rows.append({**numbers, "mapping": migration.definition})
    return {"read_through_mappings": rows} if rows else {}


def _freeze(release: Release, selected: Selection) -> None:
    """Insert the rows of documents and sets without model objects, which would take several times as long."""
    origins = origins_by_set(selected.released)
    documents = [(release.pk, key, sha256, "") for key, sha256 in sorted(selected.documents.items())]
    sets: list[tuple[Any, ...]] = []
    for heads, is_evidence in ((selected.released, False), (selected.evidence, True)):
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
    """Start the job that builds or rebuilds the archive; raise `ReleaseBusy` or `OtherLayout`."""
    return _start(BUILD_JOB, release, started_by=started_by, now=now, own_process=own_process)


def start_check(release: Release, *, started_by: User | None, now: datetime, own_process: bool = False) -> Release:
    """Start the job that verifies the archive; raise `ReleaseNotBuilt`, `ReleaseBusy` or `OtherLayout`."""
    if not release.is_built:
        raise ReleaseNotBuilt(_("Release {number} has not been built yet. See its job.").format(number=release.number))
    return _start(CHECK_JOB, release, started_by=started_by, now=now, own_process=own_process)


@transaction.atomic
def _start(kind: str, release: Release, *, started_by: User | None, now: datetime, own_process: bool) -> Release:
    lock_project(release.project)
    release.refresh_from_db()
    if release.job is not None and release.job.state not in FINAL_STATES:
        raise ReleaseBusy(_busy(release))
    layout_of(release)
    params = {"release_id": release.pk}
    release.job = jobs.start(
        kind, project_id=release.project_id, params=params, started_by=started_by, now=now, own_process=own_process
    )
    release.save(update_fields=["job"])
    return release


def _busy(release: Release) -> str:
    text = _("Job {job} is running for release {number}. Wait until it is finished, or cancel it.")
    return text.format(job=release.job_id, number=release.number)


def job_of(release: Release) -> Job:
    """Return the last job that worked on a release."""
    if release.job is None:
        raise ValueError(f"Release {release.pk} has no job.")
    return release.job


@transaction.atomic
def discard_release(release: Release) -> None:
    """Delete a release that was never built; raise `ReleaseIsBuilt` or `ReleaseBusy`."""
    lock_project(release.project)
    release.refresh_from_db()
    if release.is_built:
        raise ReleaseIsBuilt(
            _("Release {number} was built and may be in use. Releases that were built cannot be deleted.").format(
                number=release.number
            )
        )
    if release.job is not None and release.job.state not in FINAL_STATES:
        raise ReleaseBusy(_busy(release))
    FrozenSet.objects.filter(release=release).delete()
    FrozenDocument.objects.filter(release=release).delete()
    release.delete()
