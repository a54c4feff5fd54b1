"""Reading documents: annotators see those assigned to them, members with the right to it all of a project."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from annotator.corpus.documents.models import DeletedDocument, Document, DocumentCorrection, Original
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import Job
from annotator.platform.prepared import PreparedQuery, among, many
from annotator.problems import NotFound
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project, projects_for

MANY = 500
BATCH = 200
MOST_CHARACTERS = 2_000_000
_LENGTHS = PreparedQuery(
    lambda: Document.objects.filter(pk__in=among("documents", "bigint")).order_by().values_list("pk", "length")
)


def visible_documents(user: User, project: Project) -> QuerySet[Document]:
    """Return the documents of a project that a user may see, in the order of import, without text."""
    return _visible(user).filter(project=project).defer("text").order_by("position", "id")


def documents_of(slug: str, *, user: User) -> QuerySet[Document]:
    """Return the visible documents of a project by its slug; raises `NotFound` for users who are not members."""
    return visible_documents(user, get_project(slug, user=user))


def get_document(document_id: int, *, user: User) -> Document:
    """Return a document that a user may see; its text is read when it is used."""
    document = _visible(user).select_related("project").defer("text").filter(pk=document_id).order_by("id").first()
    if document is None:
        raise NotFound(f"There is no document {document_id}, or you may not see it.")
    return document


def documents_with_same_text(document: Document, *, user: User) -> QuerySet[Document]:
    """Return the other documents of a project with the same text that a user may see, in the order of the import."""
    same = _visible(user).filter(project=document.project_id, sha256=document.sha256).exclude(pk=document.pk)
    return same.defer("text", "meta").order_by("position", "id")


def get_original(document_id: int, *, user: User) -> Original:
    """Return the original file of a document, for members with the right to see all annotations.

    Annotators get the text that they work on and nothing besides.
    """
    document = get_document(document_id, user=user)
    get_project(document.project.slug, user=user, capability=Capability.SEE_ALL_WORK)
    original = Original.objects.filter(document=document).first()
    if original is None:
        raise NotFound(f"Document {document_id} has no original file: it was imported as plain text.")
    return original


def original_of(document: Document) -> Original | None:
    """Return the original file of a document without its bytes."""
    return Original.objects.filter(document=document).defer("packed").first()


def batches_of(keys: Sequence[int]) -> Iterator[list[int]]:
    """Yield keys of documents in their order, in batches that fit the memory with all work on them.

    A batch has at most `BATCH` documents of `MOST_CHARACTERS` in all; a longer document is a batch of its own.
    """
    for begin in range(0, len(keys), BATCH):
        window = keys[begin : begin + BATCH]
        lengths = dict(_LENGTHS.all(documents=many(window)))
        batch: list[int] = []
        characters = 0
        for key in window:
            characters += lengths.get(key, 0)
            if batch and characters > MOST_CHARACTERS:
                yield batch
                batch, characters = [], lengths.get(key, 0)
            batch.append(key)
        yield batch


def corrections_in(project: Project) -> QuerySet[DocumentCorrection]:
    """Return the corrections of all documents of a project, newest first."""
    rows = DocumentCorrection.objects.filter(document__project=project).select_related("document", "corrected_by")
    return rows.defer("document__text").order_by("-id")


def corrections_of(document: Document) -> QuerySet[DocumentCorrection]:
    """Return who corrected a document and when, newest first."""
    return DocumentCorrection.objects.filter(document=document).select_related("corrected_by").order_by("-id")


def deleted_documents(project: Project) -> QuerySet[DeletedDocument]:
    """Return what is known of the deleted documents of a project, the last deleted first."""
    return DeletedDocument.objects.filter(project=project).select_related("deleted_by").order_by("-id")


def deleted_documents_of(project: Project, *, used_by: str, key: int, since: datetime) -> list[DeletedDocument]:
    """Return the deleted documents that a report or a release (`used_by`: its kind, plural) contained."""
    rows = deleted_documents(project).filter(deleted_at__gte=since).exclude(used_by={})
    return [row for row in rows if key in row.used_by.get(used_by, ())]


def has_many_documents(job: Job) -> bool:
    """Return whether a job over all documents of a project takes more than some seconds."""
    return Document.objects.filter(project=job.project_id).order_by()[MANY : MANY + 1].exists()


def _visible(user: User) -> QuerySet[Document]:
    """Documents of projects whose work one may see, and those over which one has an annotation set of one's own.

    The sets are named in words only, since they belong to a higher layer.
    """
    everything = projects_for(user, capability=Capability.SEE_ALL_WORK).order_by()
    annotating = projects_for(user, capability=Capability.ANNOTATE).order_by()
    own = Document.objects.filter(project__in=annotating, annotation_sets__annotator=user).order_by()
    return Document.objects.filter(Q(project__in=everything) | Q(pk__in=own.values("pk")))
