"""Reading suggestions: those of documents that a user may see."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.selectors import get_document
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.suggestions.models import Dismissal, DismissalKind, SuggestionRun
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import role_in


def runs_of_document(document_id: int, *, user: User) -> QuerySet[SuggestionRun]:
    """Return the runs over a document, by source and version; raise `NotFound` when the user may not see it.

    Annotators get none: what they see is what their own set offers, which keeps blind sets blind.
    """
    document = get_document(document_id, user=user)
    role = role_in(document.project, user)
    if role is None or not can(role, Capability.SEE_ALL_WORK):
        return SuggestionRun.objects.none()
    return SuggestionRun.objects.filter(document=document).order_by("source", "version", "id")


def get_run(document_id: int, run_id: int, *, user: User) -> SuggestionRun:
    """Return one run over a document that a user may see."""
    run = runs_of_document(document_id, user=user).filter(pk=run_id).first()
    if run is None:
        raise NotFound(f"There are no suggestions {run_id} for document {document_id}, or you may not see them.")
    return run


def dismissals_of(annotation_set: AnnotationSet) -> QuerySet[Dismissal]:
    """Return the dismissals in a set, in the order in which they were made."""
    return Dismissal.objects.filter(annotation_set=annotation_set).order_by("id")


def rejected_in(set_ids: Collection[int]) -> set[tuple[int, str, str, str]]:
    """Return set, source, version and id of the suggestions whose last entry in the log is not *restored*."""
    entries = Dismissal.objects.filter(annotation_set__in=list(set_ids)).order_by("id")
    last = {
        row[:4]: row[4]
        for row in entries.values_list("annotation_set_id", "source", "version", "suggestion", "kind").iterator()
    }
    return {key for key, kind in last.items() if kind != DismissalKind.RESTORED}


def versions_by_document(document_keys: Collection[int]) -> list[tuple[int, str, str]]:
    """Return document, source and version of the runs over some documents."""
    runs = SuggestionRun.objects.filter(document_id__in=list(document_keys)).order_by()
    return list(runs.values_list("document_id", "source", "version"))


def documents_without(project: Project, source: str, version: str, schema_version: int) -> QuerySet[Document]:
    """Return the documents for which a version of a source has no suggestions that follow a version of the schema."""
    runs = SuggestionRun.objects.filter(
        document=OuterRef("pk"), source=source, version=version, schema_version=schema_version
    )
    return Document.objects.filter(~Exists(runs), project=project).order_by("id")
