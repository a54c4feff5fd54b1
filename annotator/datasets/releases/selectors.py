"""Reading releases. Members who may export a project see them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import DeletedDocument
from annotator.corpus.documents.selectors import deleted_documents_of
from annotator.datasets.releases.models import Release
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project


def releases_of(project: Project) -> QuerySet[Release]:
    """Return the releases of a project, newest first."""
    releases = Release.objects.filter(project=project).select_related("project", "job", "created_by")
    return releases.order_by("-number", "-id")


def get_release(slug: str, number: int, *, user: User, capability: Capability = Capability.EXPORT) -> Release:
    """Return a release of a project in which the user has the capability; raise `NotFound` otherwise."""
    return release_of(get_project(slug, user=user, capability=capability), number)


def release_of(project: Project, number: int) -> Release:
    """Return a release by its number; raise `NotFound` if there is none."""
    release = releases_of(project).filter(number=number).first()
    if release is None:
        raise NotFound(_("This project has no release {number}.").format(number=number))
    return release


def releases_with_splits(project: Project) -> list[Release]:
    """Return the releases whose splits another release can keep, newest first."""
    return [release for release in releases_of(project).exclude(sha256="") if release.options["splits"]]


def deleted_documents_in(release: Release) -> list[DeletedDocument]:
    """Return the documents of a release that were deleted since: without them it cannot be built again."""
    return deleted_documents_of(release.project, used_by="releases", key=release.pk, since=release.created_at)
