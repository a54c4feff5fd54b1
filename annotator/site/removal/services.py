"""Deleting a project with everything in it."""

import shutil
from functools import partial
from pathlib import Path

from django.db import router, transaction

from annotator.datasets.exports.models import Export
from annotator.datasets.exports.services import directory_of as directory_of_export
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.services.building import directory_of as directory_of_release
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.problems import Conflict, FieldError, InvalidInput
from annotator.site.removal.project_rows import rows_of_project
from annotator.site.removal.selectors import releases_at_stake
from projects.models import Project
from projects.services.locks import lock_project


class ProjectBusy(Conflict):
    """Work in the background would write into what is no longer there."""

    code = "project_busy"
    title = "Work is going on in this project"


class ReleasesAtStake(Conflict):
    """Releases would be lost that somebody may rely on."""

    code = "releases_at_stake"
    title = "The project has releases"


def delete_project(project: Project, *, confirmed: str, with_releases: bool) -> None:
    """Delete a project, its documents, everybody's work, its reports, exports and releases, and all their files.

    `confirmed` must be the address of the project, and `with_releases` true when it has any. Raises `InvalidInput`,
    `ReleasesAtStake`, `ProjectBusy`, and deletes nothing then.
    """
    if confirmed != project.slug:
        errors: list[FieldError] = [{"pointer": "/confirmed", "detail": f"Write “{project.slug}” to confirm."}]
        raise InvalidInput("The project was not named.", errors=errors)
    with transaction.atomic():
        lock_project(project)
        if (found := releases_at_stake(project)) and not with_releases:
            names = ", ".join(f"{release.number} ({release.name})" for release in found[:10])
            raise ReleasesAtStake(
                f"“{project.name}” has {len(found)} releases: {names}. They would be deleted, archives included; "
                "download them first, then say that they may go."
            )
        if Job.objects.filter(project=project).exclude(state__in=FINAL_STATES).exists():
            raise ProjectBusy("A job of this project waits or works. Cancel it, or wait until it has ended.")
        folders = [directory_of_export(each) for each in Export.objects.filter(project=project).order_by("id")]
        folders += [directory_of_release(each) for each in Release.objects.filter(project=project).order_by("id")]
        for rows in rows_of_project(project):
            # Row by row Django would look after keys that all point at what goes as well.
            rows._raw_delete(router.db_for_write(rows.model))  # noqa: SLF001 - there is no other way past its collector
        transaction.on_commit(partial(_remove, folders))


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
