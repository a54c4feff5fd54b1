"""The jobs that build and verify releases."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from annotator.datasets.releases.models import Release
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.releases.problems import ReleaseDiffers
from annotator.datasets.releases.selectors import deleted_documents_in
from annotator.datasets.releases.services import building, creation
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.registry import job_kind
from projects.selectors import project_of_job


@job_kind(creation.BUILD_JOB, title="Build release", page="releases:releases")
def build_release(context: JobContext) -> dict[str, Any]:
    """Build the archive of a release; a second attempt replaces that of the first."""
    release = _release(context)
    was_built = release.is_built
    building.build_release(release, now=timezone.now(), on_progress=context.set_progress)
    text = gettext("Rebuilt release {number}, {name}: same bytes, SHA-256 {sha256}.")
    if not was_built:
        text = gettext("Built release {number}, {name}: SHA-256 {sha256}.")
    return _result(release, text.format(number=release.number, name=release.name, sha256=release.sha256))


@job_kind(creation.CHECK_JOB, title="Verify release", page="releases:releases")
def check_release(context: JobContext) -> dict[str, Any]:
    """Verify the archive and compare it with a new build; the job fails with one report line per difference."""
    release = _release(context)
    verified = building.check_release(release, on_progress=context.set_progress)
    for error in verified.errors:
        context.add_line("error", building.file_name(release), error)
    if verified.errors:
        count = len(verified.errors)
        text = ngettext(
            "Release {number} has changed, {count} difference: {first}",
            "Release {number} has changed, {count} differences, the first: {first}",
            count,
        )
        raise ReleaseDiffers(text.format(number=release.number, count=count, first=verified.errors[0]))
    text = ngettext(
        "Release {number} is unchanged: {count} file, and a new build has the same bytes.",
        "Release {number} is unchanged: {count} files, and a new build has the same bytes.",
        verified.files,
    )
    text = text.format(number=release.number, count=verified.files)
    if deleted_documents_in(release):
        text = gettext(
            "The archive of release {number} is unchanged. It was not compared with a new build, because "
            "documents of it were deleted."
        ).format(number=release.number)
    return _result(release, text)


@job_kind(creation.DRAFT_JOB, title="Data card of a release", page="releases:releases")
def draft_release(context: JobContext) -> dict[str, Any]:
    """Make the data card of a release before anything is frozen."""
    project = project_of_job(context)
    options = ReleaseOptions.from_json(context.params["options"])

    def on_progress(done: int, total: int) -> None:
        context.raise_if_cancelled()
        context.set_progress(done, total)

    card = creation.draft_card(project, options, on_progress=on_progress)
    return {
        "card": card,
        "summary": gettext("The data card is ready. Nothing was frozen."),
        "url": reverse("releases:draft", args=[project.slug, context.job_id]),
        "url_text": gettext("Read the data card"),
    }


def _release(context: JobContext) -> Release:
    return Release.objects.select_related("project").get(pk=context.params["release_id"])


def _result(release: Release, summary: str) -> dict[str, Any]:
    return {
        "release": release.pk,
        "sha256": release.sha256,
        "summary": summary,
        "url": reverse("releases:release", args=[release.project.slug, release.number]),
        "url_text": gettext("Show release {number}").format(number=release.number),
    }
