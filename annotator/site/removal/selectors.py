"""Queries of what is deleted with a project."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.datasets.exports.models import Export
from annotator.datasets.releases.models import Release
from projects.models import Project


def releases_to_delete(project: Project) -> list[Release]:
    """Return the built releases of a project, newest first."""
    return list(Release.objects.filter(project=project).exclude(sha256="").order_by("-number", "-id"))


def counts_to_delete(project: Project) -> Mapping[str, int]:
    """Return the numbers of objects in a project by name."""
    return {
        _("documents"): Document.objects.filter(project=project).count(),
        _("annotation sets"): AnnotationSet.objects.filter(document__project=project).count(),
        _("spans"): Span.objects.filter(annotation_set__document__project=project).count(),
        _("exports"): Export.objects.filter(project=project).count(),
    }
