"""The jobs that build releases and check them."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from annotator.datasets.releases.models import Release
from annotator.datasets.releases.problems import ReleaseDiffers
from annotator.datasets.releases.services import building, creation
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.registry import job_kind


@job_kind(creation.BUILD_JOB, title="Build release")
def build_release(context: JobContext) -> dict[str, Any]:
    """Build from the start; a second attempt replaces what a first one left."""
    release = _release(context)
    was_built = release.is_built
    building.build_release(release, now=timezone.now(), on_progress=context.set_progress)
    words = "was built again, with the same bytes" if was_built else "is ready"
    return _result(release, f"Release {release.number}, {release.name}, {words}. SHA-256 {release.sha256}.")


@job_kind(creation.CHECK_JOB, title="Verify release")
def check_release(context: JobContext) -> dict[str, Any]:
    """Check the archive and build it anew; whatever differs is a line of the report, and the job fails."""
    release = _release(context)
    found = building.check_release(release, on_progress=context.set_progress)
    for fault in found.wrong:
        context.add_line("error", building.file_name(release), fault)
    if found.wrong:
        raise ReleaseDiffers(
            f"Release {release.number} is not as it was: {found.wrong[0]} The report names {len(found.wrong)} in all."
        )
    words = f"Release {release.number} is as it was: {found.files} files, and built anew it has the same bytes."
    return _result(release, words)


def _release(context: JobContext) -> Release:
    return Release.objects.select_related("project").get(pk=context.params["release_id"])


def _result(release: Release, summary: str) -> dict[str, Any]:
    return {
        "release": release.pk,
        "sha256": release.sha256,
        "summary": summary,
        "url": reverse("releases:release", args=[release.project.slug, release.number]),
        "url_text": "To the release",
    }
