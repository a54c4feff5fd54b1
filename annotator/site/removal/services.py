"""Deletion of a project with everything in it."""

from functools import partial

from django.db import router, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.datasets.exports.models import Export
from annotator.datasets.exports.services import directory_of as directory_of_export
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.services.building import directory_of as directory_of_release
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.platform.shared_files import SharedPath
from annotator.problems import Conflict, FieldError, InvalidInput, gettext_noop
from annotator.site.removal.project_rows import rows_of_project
from annotator.site.removal.selectors import releases_to_delete
from projects.models import Project
from projects.services.locks import lock_project


class ProjectBusy(Conflict):
    """A background job of the project is queued or running."""

    code = "project_busy"
    title = gettext_noop("The project has unfinished background jobs")


class ReleasesAtStake(Conflict):
    """The project has releases that other people may rely on."""

    code = "releases_at_stake"
    title = gettext_noop("The project has releases")


def delete_project(project: Project, *, confirmed: str, with_releases: bool) -> None:
    """Delete a project with its documents, annotations, reports, exports and releases, and all their files.

    `confirmed` must be the address of the project, and `with_releases` true when it has releases. Otherwise raises
    `InvalidInput`, `ReleasesAtStake` or `ProjectBusy` and deletes nothing.
    """
    if confirmed != project.slug:
        detail = _("Type “%(slug)s” to confirm.") % {"slug": project.slug}
        errors: list[FieldError] = [{"pointer": "/confirmed", "detail": detail}]
        raise InvalidInput(detail, errors=errors)
    with transaction.atomic():
        lock_project(project)
        if (releases := releases_to_delete(project)) and not with_releases:
            raise ReleasesAtStake(_release_warning(releases))
        if Job.objects.filter(project=project).exclude(state__in=FINAL_STATES).exists():
            raise ProjectBusy(
                _("A background job of this project is queued or running. Cancel it, or wait until it has ended.")
            )
        folders = [directory_of_export(export) for export in Export.objects.filter(project=project).order_by("id")]
        folders += [directory_of_release(release) for release in Release.objects.filter(project=project).order_by("id")]
        for rows in rows_of_project(project):
            # Django would otherwise check foreign keys row by row, although all of them refer to rows that are deleted.
            rows._raw_delete(router.db_for_write(rows.model))  # noqa: SLF001 - there is no other way past its collector
        transaction.on_commit(partial(_remove, folders))


def _release_warning(releases: list[Release]) -> str:
    names = ", ".join(f"{release.number} ({release.name})" for release in releases[:10])
    message = ngettext(
        "The project has %(count)s release: %(names)s. Its archive would be deleted. Download it, then confirm.",
        "The project has %(count)s releases: %(names)s. Their archives would be deleted. Download them, then confirm.",
        len(releases),
    )
    return message % {"count": len(releases), "names": names}


def _remove(folders: list[SharedPath]) -> None:
    for folder in folders:
        folder.remove()
