"""Documents and sets that a project has already, and previews of imports."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Max, QuerySet
from django.db.models.expressions import RawSQL

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import relations_of, spans_of
from annotator.corpus.suggestions.models import SuggestionRun
from annotator.corpus.suggestions.packing import unpack
from annotator.corpus.suggestions.selectors import versions_by_document
from annotator.formats.incoming import IncomingDocument, Prediction
from annotator.formats.records import DocumentValue, RelationRecord, SpanRecord
from annotator.imports.mapping.import_mapping import COLUMNS
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.platform.prepared import Parameter, PreparedQuery, among, many
from annotator.problems import NotFound
from projects.models import Project
from projects.selectors import get_job

IMPORT_JOB = "import_documents"
RECENT_JOBS = 50


@dataclass(slots=True)
class KnownDocument:
    """A document that is stored, or with `key` 0 about to be stored."""

    key: int
    external_id: str
    sha256: str
    created_at: datetime
    set_names: set[str] = field(default_factory=set)


Content = tuple[frozenset[Any], frozenset[Any], Mapping[str, Any]]
"""Spans, relations and attributes of the document of a set as values that do not depend on ids."""

NO_CONTENT: Content = (frozenset(), frozenset(), {})


class KnownDocuments:
    """Known documents by id and by text. `stored_content` returns the content of a stored set by document and name."""

    def __init__(self, stored_content: Callable[[int, str], Content] = lambda _key, _name: NO_CONTENT) -> None:
        self.by_id: dict[str, KnownDocument] = {}
        self.by_text: dict[str, KnownDocument] = {}
        self.stored_content = stored_content

    def add(self, document: KnownDocument) -> None:
        """Remember a document; of several with the same text, the first."""
        self.by_id[document.external_id] = document
        self.by_text.setdefault(document.sha256, document)


def content_of(
    spans: Iterable[SpanRecord],
    relations: Iterable[RelationRecord],
    document_attributes: Mapping[str, DocumentValue] | None = None,
) -> Content:
    """Return the content of a set."""
    by_id = {
        span["id"]: (
            span["label"],
            tuple(map(tuple, span["fragments"])),
            tuple(sorted(span["attributes"].items())),
            span["note"],
        )
        for span in spans
    }
    links = Counter(
        (relation["label"], by_id.get(relation["from"]), by_id.get(relation["to"])) for relation in relations
    )
    return frozenset(Counter(by_id.values()).items()), frozenset(links.items()), document_attributes or {}


def stored_content(document_key: int, name: str) -> Content:
    """Return the content of a stored set."""
    annotation_set = AnnotationSet.objects.filter(document_id=document_key, name=name).order_by("id").first()
    if annotation_set is None:
        runs = SuggestionRun.objects.filter(document_id=document_key).order_by("id")
        run = next(run for run in runs if Prediction(run.source, run.version).set_name == name)
        return content_of(**unpack(bytes(run.packed)))  # type: ignore[arg-type]
    return content_of(spans_of(annotation_set), relations_of(annotation_set), annotation_set.document_attributes)


def _known(**condition: RawSQL) -> QuerySet[Document, tuple[Any, ...]]:
    # Unordered: to order by key, SQLite would read the whole table.
    rows = Document.objects.filter(project=Parameter("project"), **condition).order_by()
    return rows.values_list("id", "external_id", "sha256", "created_at")


_same_id = PreparedQuery(lambda: _known(external_id__in=among("given", "text")))
_same_text = PreparedQuery(lambda: _known(sha256__in=among("given", "text")))


def known_documents(project: Project, incoming: Sequence[IncomingDocument]) -> KnownDocuments:
    """Return the stored documents that share id or text with an incoming document, with the names of their sets."""
    ids, texts = [document.external_id for document in incoming], [document.sha256 for document in incoming]
    same_id = _same_id.all(project=project.pk, given=many(ids))
    same_text = _same_text.all(project=project.pk, given=many(texts))
    by_key = {row[0]: KnownDocument(*row) for row in [*same_id, *same_text]}
    known = KnownDocuments(stored_content)
    if not by_key:
        return known
    sets = AnnotationSet.objects.filter(document_id__in=list(by_key)).order_by()
    for key, name in sets.values_list("document_id", "name"):
        by_key[key].set_names.add(name)
    for key, source, version in versions_by_document(by_key):
        by_key[key].set_names.add(Prediction(source, version).set_name)
    for key in sorted(by_key):
        known.add(by_key[key])
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


def columns_chosen_before(project: Project, *, before: Job) -> dict[str, Any]:
    """Return the columns that the last import chose of those that chose any; empty for none.

    The mapping of an import is its recipe: the job keeps it.
    """
    jobs = Job.objects.filter(project_id=project.pk, kind=IMPORT_JOB, pk__lt=before.pk, params__map__icontains=COLUMNS)
    for params in jobs.order_by("-id").values_list("params", flat=True)[:RECENT_JOBS]:
        columns = orjson.loads(params["map"]).get(COLUMNS)
        if columns and not params["preview"]:
            return dict(columns)
    return {}
