"""Documents and sets that a project has already, and previews of imports."""

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
    """A document that is stored, or with `key` 0 about to be stored."""

    key: int
    external_id: str
    sha256: str
    created_at: datetime
    set_names: set[str] = field(default_factory=set)


class KnownDocuments:
    """Known documents by id and by text."""

    def __init__(self) -> None:
        self.by_id: dict[str, KnownDocument] = {}
        self.by_text: dict[str, KnownDocument] = {}

    def add(self, document: KnownDocument) -> None:
        """Remember a document."""
        self.by_id[document.external_id] = document
        self.by_text[document.sha256] = document


def known_documents(project: Project, incoming: Sequence[IncomingDocument]) -> KnownDocuments:
    """Return the stored documents that share id or text with an incoming document, with the names of their sets."""
    # Unordered: to order by key, SQLite would read the whole table.
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
    """Return the position after the last document of a project; lock the project first."""
    last: int | None = Document.objects.filter(project=project).aggregate(last=Max("position"))["last"]
    return 1 if last is None else last + 1


def get_preview(job_id: int, *, project: Project, user: User) -> Job:
    """Return a preview whose files may be imported; raise `NotFound` when the job does not exist or is no preview.

    The caller has checked that the user manages the project.
    """
    job = get_job(job_id, user=user, project=project)
    if job.kind != IMPORT_JOB or not job.params.get("kept"):
        raise NotFound(f"Preview {job_id} does not exist, or you do not have access to it.")
    return job


def is_in_use(folder: str) -> bool:
    """Return whether a job reads, or is going to read, the files of a folder."""
    return Job.objects.exclude(state__in=FINAL_STATES).filter(params__folder=folder).exists()
