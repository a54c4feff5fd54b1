"""Which documents and sets a project has already, for a chunk of what comes in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.formats.incoming import IncomingDocument
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.problems import NotFound
from projects.models import Project
from projects.selectors import get_job

IMPORT_JOB = "import_documents"


@dataclass(slots=True)
class KnownDocument:
    """A document that is stored, or about to be: `key` 0 then."""

    key: int
    external_id: str
    sha256: str
    created_at: datetime
    set_names: set[str] = field(default_factory=set)


class KnownDocuments:
    """Documents by their id and by their text."""

    def __init__(self) -> None:
        self.by_id: dict[str, KnownDocument] = {}
        self.by_text: dict[str, KnownDocument] = {}

    def add(self, document: KnownDocument) -> None:
        """Remember a document."""
        self.by_id[document.external_id] = document
        self.by_text[document.sha256] = document


def known_documents(project: Project, incoming: Sequence[IncomingDocument]) -> KnownDocuments:
    """Return the stored documents that share id or text with one that comes in, with the names of their sets."""
    # In no order: asked for the order of the keys, SQLite goes through the whole table to get it.
    rows = Document.objects.filter(project=project).order_by()
    columns = ("id", "external_id", "sha256", "created_at")
    same_id = rows.filter(external_id__in=[document.external_id for document in incoming]).values_list(*columns)
    same_text = rows.filter(sha256__in=[document.sha256 for document in incoming]).values_list(*columns)
    by_key = {row[0]: KnownDocument(*row) for row in [*same_id, *same_text]}
    sets = AnnotationSet.objects.filter(document_id__in=list(by_key)).order_by()
    for key, name in sets.values_list("document_id", "name"):
        by_key[key].set_names.add(name)
    known = KnownDocuments()
    for document in by_key.values():
        known.add(document)
    return known


def next_position(project: Project) -> int:
    """Return the place after the last document of a project; ask under a lock."""
    last: int | None = Document.objects.filter(project=project).aggregate(last=Max("position"))["last"]
    return 1 if last is None else last + 1


def get_preview(job_id: int, *, project: Project, user: User) -> Job:
    """Return a preview of files that may be imported; `NotFound` alike when there is none and when it is no preview.

    The caller has seen to it that the person manages the project.
    """
    job = get_job(job_id, user=user, project=project)
    if job.kind != IMPORT_JOB or not job.params.get("kept"):
        raise NotFound(f"There is no preview {job_id}, or you may not see it.")
    return job


def is_taken(folder: str) -> bool:
    """Whether a job reads, or is going to read, the files of a folder."""
    return Job.objects.exclude(state__in=FINAL_STATES).filter(params__folder=folder).exists()
