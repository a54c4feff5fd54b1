"""The queue of documents to adjudicate: found from the figures of the newest report, counted from what is started."""

from collections.abc import Sequence
from typing import overload

from django.db.models import Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotator.adjudication.board.overview import STILL_OPEN
from annotator.adjudication.models import CONTESTED, Adjudication, AdjudicationState, Source, Unit
from annotator.agreement.models import AgreementReport, DocumentAgreement
from annotator.agreement.selectors.reports import latest_report
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.workload.assignments.selectors.tallies import count_comparable
from projects.models import Project

QUEUES = ("todo", "new", "open", "moved", "settled", "all")
"""Filters of the queue: `todo` holds every document that needs an adjudicator."""


class DocumentQueue(Sequence[Document]):
    """The documents of a queue, those with the lowest agreement in the newest report first; read by slices.

    Documents are found in the order of the figures of the report, by an index, so that the first page reads few of
    them; those without a figure follow in the order of the import. Each document has `overlap_f1`, `state` (of its
    adjudication; null: not started), `reopened_at`, `is_moved`, `is_adopted`, and the numbers of annotators who are
    still at work (`working`), have `submitted`, and of both (`annotators`).
    """

    def __init__(self, project: Project, *, which: str = "todo", total: int | None = None) -> None:
        self._project, self._which, self._total = project, which, total
        self._report = latest_report(project)

    def __len__(self) -> int:
        if self._total is None:
            self._total = dict(queue_counts(self._project))[self._which]
        return self._total

    @overload
    def __getitem__(self, part: int) -> Document: ...

    @overload
    def __getitem__(self, part: slice) -> list[Document]: ...

    def __getitem__(self, part: int | slice) -> Document | list[Document]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        keys = self.keys(part.start or 0, part.stop)
        rows = _with_states(Document.objects.filter(pk__in=keys), self._report).in_bulk()
        return [rows[key] for key in keys]

    def keys(self, start: int, stop: int) -> list[int]:
        """Return the keys of the documents from one place in the queue to another."""
        measured = self._measured()
        keys = list(measured.values_list("document", flat=True)[start:stop])
        if len(keys) < stop - start:
            before = start + len(keys) if keys or not start else measured.count()
            keys += self._others().values_list("pk", flat=True)[max(start - before, 0) : stop - before]
        return keys

    def _measured(self) -> QuerySet[DocumentAgreement]:
        rows = DocumentAgreement.objects.filter(
            _in_queue(self._which, "document"), report=self._report, overlap_f1__isnull=False
        )
        return rows.order_by("overlap_f1", "document__position", "document_id")

    def _others(self) -> QuerySet[Document]:
        figures = DocumentAgreement.objects.filter(report=self._report, document=OuterRef("pk"))
        documents = Document.objects.filter(_in_queue(self._which, "pk"), project=self._project)
        return documents.exclude(Exists(figures.filter(overlap_f1__isnull=False))).order_by("position", "id")


def _in_queue(which: str, document: str) -> Q:
    """Return the condition for rows whose document is in a queue; `document` is the column with its key."""
    finished = _finished(document)
    adjudications = Adjudication.objects.filter(document=OuterRef(document))
    is_open = Q(Exists(adjudications.filter(state=AdjudicationState.OPEN)))
    not_started = Q(~Exists(adjudications)) & Q(~Exists(_adopted(document)))
    completed = Q(Exists(adjudications.filter(state=AdjudicationState.COMPLETED)))
    as_a_whole = Q(~Exists(adjudications)) & Q(Exists(_adopted(document)))
    conditions = {
        "todo": not_started | is_open | _is_moved(document),
        "new": not_started,
        "open": is_open,
        "moved": _is_moved(document),
        "settled": completed | as_a_whole,
        "all": Q(),
    }
    return conditions[which] & Q(Exists(finished))


def _finished(document: str) -> QuerySet[AnnotationSet]:
    return AnnotationSet.objects.filter(lifecycle.sets_for_agreement(), document=OuterRef(document))


def _adopted(document: str) -> QuerySet[AnnotationSet]:
    return AnnotationSet.objects.filter(document=OuterRef(document), kind=SetKind.ADJUDICATED, adjudication=None)


def _is_moved(document: str) -> Q:
    """Return the condition for documents with an adjudication that has not read a finished set as it is now."""
    read = Source.objects.filter(annotation_set=OuterRef("pk"), revision=OuterRef("revision"))
    not_read = _finished(document).filter(~Exists(read))
    return Q(Exists(Adjudication.objects.filter(document=OuterRef(document)))) & Q(Exists(not_read))


def _with_states(documents: QuerySet[Document], report: AgreementReport | None) -> QuerySet[Document]:
    """Return documents with what the queue shows of each."""
    figures = DocumentAgreement.objects.filter(report=report, document=OuterRef("pk")).order_by("id")
    adjudications = Adjudication.objects.filter(document=OuterRef("pk")).order_by("id")
    return (
        documents.defer("text", "meta")
        .annotate(
            overlap_f1=Subquery(figures.values("overlap_f1")[:1], output_field=FloatField()),
            state=Subquery(adjudications.values("state")[:1]),
            reopened_at=Subquery(adjudications.values("reopened_at")[:1]),
            is_moved=_is_moved("pk"),
            is_adopted=Exists(_adopted("pk")),
            working=_count_of_sets(lifecycle.unsubmitted_sets() & lifecycle.data_sets()),
            submitted=_count_of_sets(lifecycle.finished_sets()),
        )
        .annotate(annotators=F("working") + F("submitted"))
    )


def _count_of_sets(condition: Q) -> Coalesce:
    sets = AnnotationSet.objects.filter(condition, document=OuterRef("pk")).order_by().values("document")
    return Coalesce(Subquery(sets.annotate(count=Count("pk")).values("count")), 0)


def queue_counts(project: Project) -> list[tuple[str, int]]:
    """Return the number of documents in each queue: all, less those whose adjudication is started or complete."""
    documents = count_comparable(project).total()
    started = Adjudication.objects.filter(Exists(_finished("document")), document__project=project).order_by()
    states = started.annotate(is_moved=_is_moved("document")).values("state", "is_moved").annotate(count=Count("id"))
    found = {(row["state"], row["is_moved"]): row["count"] for row in states}
    completed = {is_moved: found.get((AdjudicationState.COMPLETED, is_moved), 0) for is_moved in (False, True)}
    others = Adjudication.objects.filter(document=OuterRef("document"))
    adopted = AnnotationSet.objects.filter(
        ~Exists(others), Exists(_finished("document")), kind=SetKind.ADJUDICATED, document__project=project
    )
    as_a_whole = adopted.aggregate(count=Count("document", distinct=True))["count"]
    counts = {
        "todo": documents - completed[False] - as_a_whole,
        "new": documents - sum(found.values()) - as_a_whole,
        "open": sum(count for (state, _), count in found.items() if state == AdjudicationState.OPEN),
        "moved": sum(count for (_, is_moved), count in found.items() if is_moved),
        "settled": sum(completed.values()) + as_a_whole,
        "all": documents,
    }
    return [(which, counts[which]) for which in QUEUES]


def location_counts(documents: Sequence[Document]) -> dict[int, tuple[int, int]]:
    """Return how many contested locations the adjudications of documents have, open and all, by key of the document."""
    contested = Unit.objects.filter(adjudication__document__in=[document.pk for document in documents])
    contested = contested.filter(status__in=CONTESTED).order_by()
    alone, is_open = Q(location=None), Q(status__in=STILL_OPEN)
    rows = contested.values("adjudication__document").annotate(
        still_open=Count("location", filter=is_open, distinct=True) + Count("id", filter=is_open & alone),
        locations=Count("location", distinct=True) + Count("id", filter=alone),
    )
    return {row["adjudication__document"]: (row["still_open"], row["locations"]) for row in rows}


def next_in_queue(project: Project, *, after: Document) -> Document | None:
    """Return the first document in the queue other than this one."""
    return next((document for document in DocumentQueue(project)[:2] if document != after), None)
