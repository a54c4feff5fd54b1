"""What would go with a project."""

from collections.abc import Mapping

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.datasets.exports.models import Export
from annotator.datasets.releases.models import Release
from projects.models import Project


def releases_at_stake(project: Project) -> list[Release]:
    """Return the releases of a project that were built, newest first."""
    return list(Release.objects.filter(project=project).exclude(sha256="").order_by("-number", "-id"))


def counts_at_stake(project: Project) -> Mapping[str, int]:
    """Count what people have put into a project, by what it is called."""
    return {
        "documents": Document.objects.filter(project=project).count(),
        "annotation sets": AnnotationSet.objects.filter(document__project=project).count(),
        "spans": Span.objects.filter(annotation_set__document__project=project).count(),
        "exports": Export.objects.filter(project=project).count(),
    }
