"""Plans of documents: one row for each, made when it is first needed."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from annotator.corpus.documents.models import Document
from annotator.platform.prepared import Parameter, PreparedQuery
from annotator.workload.assignments.models import DocumentPlan, QueueChange
from projects.models import Project

# Imports add documents at the end, so that those without a plan are known by their position.
_INSERT = """
INSERT INTO assignments_documentplan (document_id, project_id, round_id, priority, taken, shuffle_key, position)
SELECT documents_document.id, documents_document.project_id, NULL, 0,
       (SELECT COUNT(*) FROM assignments_assignment
        WHERE assignments_assignment.document_id = documents_document.id AND assignments_assignment.slot IS NOT NULL),
       documents_document.shuffle_key, documents_document.position
FROM documents_document
WHERE documents_document.project_id = %s AND documents_document.position > %s
ON CONFLICT (document_id) DO NOTHING
"""

MOST_CHANGES_BY_DOCUMENT = 100
KEEP_CHANGES = timedelta(days=1)
_last_document = PreparedQuery(
    lambda: Document.objects.filter(project=Parameter("project")).order_by("-position").values_list("position")[:1]
)
_last_plan = PreparedQuery(
    lambda: DocumentPlan.objects.filter(project=Parameter("project")).order_by("-position").values_list("position")[:1]
)


def reserve_documents(project: Project, documents: Mapping[int, bool]) -> None:
    """Reserve documents for checking annotators, or return them to the queue."""
    ensure_plans(project)
    for is_reserved in (True, False):
        keys = [key for key, value in documents.items() if value is is_reserved]
        DocumentPlan.objects.filter(project=project, document__in=keys).update(is_reserved=is_reserved)
    note_queue_change(project.pk, list(documents))


def note_queue_change(project_id: int, documents: Collection[int] | None = None) -> None:
    """Let all processes know that documents, None for all, may be assigned again or otherwise than before."""
    keys = [None] if documents is None or len(documents) > MOST_CHANGES_BY_DOCUMENT else documents
    now = timezone.now()
    QueueChange.objects.bulk_create(
        QueueChange(project_id=project_id, document_key=key, created_at=now) for key in keys
    )


def delete_old_queue_changes(project: Project) -> None:
    """Delete the changes that every process has applied, or will not ask for any more."""
    QueueChange.objects.filter(project=project, created_at__lt=timezone.now() - KEEP_CHANGES).delete()


def ensure_plans(project: Project) -> None:
    """Make the plans of documents that were imported since the last call."""
    last_document, last_plan = (
        max((position for (position,) in query.all(project=project.pk)), default=-1)
        for query in (_last_document, _last_plan)
    )
    if last_document > last_plan:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_INSERT, [project.pk, last_plan])
