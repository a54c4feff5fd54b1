"""Reading reports and what they were made from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotator.agreement.models import AgreementReport, DocumentAgreement, ReportedSet
from annotator.agreement.reports.label_figures import LabelFigures
from annotator.agreement.reports.records import from_record
from annotator.agreement.reports.report import OverallFigures, Report, read_report
from annotator.agreement.scope import Scope
from annotator.agreement.selectors import sets
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.prepared import in_list
from annotator.problems import Conflict, NotFound
from annotator.workload.assignments.selectors.tallies import documents_changed_since, people_with_work
from projects.models import Project, SchemaMigration
from projects.roles import Capability
from projects.selectors import get_project, projects_for

EVERYTHING = Scope()
BOTH = 2
LONGEST_MIGRATION = timedelta(days=1)
MOST_COMPARED = 1_000
"""So many documents are compared with a report to say what has changed since; those that changed last."""
OFFICIAL = Q(scope={}) | Q(scope={"blind": True})
"""Reports that cover everything that can be compared; names may be hidden."""


def reports_of(project: Project) -> QuerySet[AgreementReport]:
    """Return the reports of a project, newest first, whether or not they are finished."""
    reports = AgreementReport.objects.filter(project=project).defer("sums")
    return reports.select_related("project", "job", "created_by").order_by("-id")


def latest_report(project: Project) -> AgreementReport | None:
    """Return the official report: the newest finished one that covers everything; its figures are read when used."""
    return reports_of(project).defer("result").filter(OFFICIAL, measured_at__isnull=False).first()


class ReportNotFinished(Conflict):
    """There are no figures yet."""

    code = "report_not_finished"


def figures_of(report: AgreementReport) -> Report:
    """Return the figures of a finished report, whichever version it has; `ReportNotFinished` when there are none."""
    if report.result is None:
        raise ReportNotFinished("This report is not finished. Its background job shows the progress.")
    return read_report(report.result)


@dataclass(frozen=True)
class ReportSummary:
    """A finished report with the part of its figures that a trend needs."""

    id: int
    created_at: datetime
    documents: int
    overall: OverallFigures
    labels: tuple[LabelFigures, ...]


def weeks_of_documents(report: AgreementReport) -> dict[int, str]:
    """Return the start of the week in which the last annotator of each document submitted; imported sets have none."""
    rows = _last_submissions(report).values_list("annotation_set__document", "last")
    return {document: _monday(last).isoformat() for document, last in rows}


def documents_of_week(report: AgreementReport, monday: datetime) -> QuerySet[Any, Any]:
    """Return the ids of the documents of a report whose last annotator submitted in the seven days from a moment."""
    # Days of local time: one of them can have 23 or 25 hours.
    end = timezone.localtime(monday) + timedelta(days=7)
    return _last_submissions(report).filter(last__gte=monday, last__lt=end).values("annotation_set__document")


def _last_submissions(report: AgreementReport) -> QuerySet[Any, Any]:
    """Return the documents of a report with the moment at which the last annotator submitted."""
    sets = ReportedSet.objects.filter(report=report, annotation_set__submitted_at__isnull=False)
    return sets.order_by().values("annotation_set__document").annotate(last=Max("annotation_set__submitted_at"))


def _monday(moment: datetime) -> datetime:
    day = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def report_summaries(report: AgreementReport) -> list[ReportSummary]:
    """Return the latest finished reports with the scope of a report, oldest first: only these can be compared."""
    parts = [KeyTransform(name, "result") for name in ("documents", "overall", "labels")]
    limits = {name: value for name, value in report.scope.items() if name != "blind"}
    same_scope = Q(scope=limits) | Q(scope=limits | {"blind": True})
    rows = AgreementReport.objects.filter(same_scope, project=report.project_id, measured_at__isnull=False)
    latest = rows.order_by("-id").values_list("id", "created_at", *parts)[:MOST_IN_TREND]
    return [
        ReportSummary(
            report_id,
            created_at,
            documents,
            from_record(OverallFigures, overall),
            tuple(from_record(LabelFigures, label) for label in labels),
        )
        for report_id, created_at, documents, overall, labels in list(latest)[::-1]
        if overall
    ]


def latest_aliases(project: Project) -> dict[str, str]:
    """Return the aliases of the last blind report; empty when there was none."""
    blind = AgreementReport.objects.filter(project=project).exclude(aliases={}).order_by("-id").first()
    return dict(blind.aliases) if blind else {}


def report_to_build_on(report: AgreementReport) -> AgreementReport | None:
    """Return the newest finished report before one with the same scope and aliases; None if there is none."""
    earlier = AgreementReport.objects.filter(project=report.project_id, pk__lt=report.pk, sums__isnull=False)
    for other in earlier.order_by("-id").defer("result")[:MOST_IN_TREND]:
        same_names = other.aliases.items() <= report.aliases.items() and bool(other.aliases) == bool(report.aliases)
        if other.scope == report.scope and same_names:
            return other
    return None


def not_yet_in(report: AgreementReport, documents: QuerySet[Document]) -> QuerySet[Document]:
    """Return the documents that a report does not have yet."""
    return documents.exclude(pk__in=DocumentAgreement.objects.filter(report=report).order_by().values("document"))


def overlap_figures(report: AgreementReport) -> list[float | None]:
    """Return overlap F1 of every document of a report; None for documents without spans."""
    return list(DocumentAgreement.objects.filter(report=report).order_by("id").values_list("overlap_f1", flat=True))


def statistics_of_shared_documents(
    first: AgreementReport, second: AgreementReport
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return the statistics of every document that both reports have, in order of the documents."""
    by_document: dict[int, list[Mapping[str, Any]]] = {}
    for report in (first, second):
        rows = DocumentAgreement.objects.filter(report=report).order_by("document_id")
        for document, statistics in rows.values_list("document_id", "measurement__statistics"):
            by_document.setdefault(document, []).append(statistics)
    return [(pair[0], pair[1]) for pair in by_document.values() if len(pair) == BOTH]


def get_report(report_id: int, *, user: User) -> AgreementReport:
    """Return a report of a project in which the user may see all work; `NotFound` otherwise."""
    visible = projects_for(user, capability=Capability.SEE_ALL_WORK).order_by()
    reports = AgreementReport.objects.filter(project__in=visible).select_related("project", "job", "created_by")
    report = reports.filter(pk=report_id).order_by("id").first()
    if report is None:
        raise NotFound(f"There is no agreement report {report_id}, or you may not see it.")
    return report


def get_project_report(slug: str, report_id: int, *, user: User) -> AgreementReport:
    """Return a report of the project with this slug; `NotFound` when the user may not see it."""
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    report = reports_of(project).filter(pk=report_id).first()
    if report is None:
        raise NotFound(f"There is no agreement report {report_id} in this project.")
    return report


MOST_IN_TREND = 12
ORDERS: dict[str, list[OrderBy | str]] = {
    "overlap": [F("overlap_f1").asc(nulls_last=True), F("exact_f1").asc(nulls_last=True), "id"],
    "exact": [F("exact_f1").asc(nulls_last=True), F("overlap_f1").asc(nulls_last=True), "id"],
    "alpha": [F("alpha").asc(nulls_last=True), "id"],
}
"""Worst first; documents without spans last."""


def documents_of(report: AgreementReport, *, order: str = "overlap") -> QuerySet[DocumentAgreement]:
    """Return the documents of a report from worst to best by one of `ORDERS`."""
    documents = DocumentAgreement.objects.filter(report=report).select_related("document").defer("document__text")
    return documents.order_by(*ORDERS[order])


def get_document_agreement(report: AgreementReport, document_id: int) -> DocumentAgreement:
    """Return the row of a document in a report, with the document's text."""
    documents = DocumentAgreement.objects.filter(report=report).select_related("document").order_by("id")
    measured = documents.filter(document=document_id).first()
    if measured is None:
        raise NotFound(f"Agreement report {report.pk} does not include document {document_id}.")
    return measured


def documents_worst_first(report: AgreementReport) -> QuerySet[DocumentAgreement]:
    """Return the documents of a report with `worst_first`, a sort key that is never null."""
    documents = (
        documents_of(report).select_related("measurement").annotate(worst_first=Coalesce("overlap_f1", Value(2.0)))
    )
    return documents.order_by("worst_first", "id")


def reported_sets(report_id: int, document_ids: Sequence[int]) -> QuerySet[ReportedSet]:
    """Return the measured sets of some documents in order of their names, with their current state."""
    rows = ReportedSet.objects.filter(report=report_id, annotation_set__document__in=document_ids)
    return rows.select_related("annotation_set__schema_version").order_by("author", "id")


def sets_by_author(report: AgreementReport, document_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the ids of measured sets by document and author."""
    rows = reported_sets(report.pk, list(document_ids)).values_list(
        "annotation_set__document_id", "author", "annotation_set_id"
    )
    return {(document_id, author): set_id for document_id, author, set_id in rows}


def sets_of(report: AgreementReport) -> QuerySet[ReportedSet]:
    """Return every measured set, by document."""
    rows = ReportedSet.objects.filter(report=report).select_related("annotation_set__document")
    return rows.defer("annotation_set__document__text").order_by("annotation_set__document_id", "author", "id")


def documents_with_texts(document_ids: Iterable[int]) -> dict[int, Document]:
    """Return documents by id; the caller has limited them to what the user may see."""
    return Document.objects.in_bulk(list(document_ids))


def titles_of_documents(project: Project, document_ids: Iterable[int]) -> dict[int, str]:
    """Return how documents of a project are called on pages, by id; deleted ones are left out."""
    documents = Document.objects.filter(project=project, pk__in=list(document_ids)).order_by("id").defer("text")
    return {document.pk: str(document) for document in documents}


@dataclass(frozen=True)
class Staleness:
    """How many sets differ from those that a report was made from."""

    changed: int
    withdrawn: int
    added: int
    is_complete: bool = True
    """Whether all documents were compared whose sets may have changed; else those that changed last."""

    @property
    def is_stale(self) -> bool:
        """Whether a new report would be made from other sets, as far as that is known."""
        return bool(self.changed or self.withdrawn or self.added or not self.is_complete)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of sets by how they differ."""
        return {"changed": self.changed, "withdrawn": self.withdrawn, "added": self.added}

    @property
    def most_compared(self) -> int | None:
        """How many documents were compared when more may have changed."""
        return None if self.is_complete else MOST_COMPARED


class ChangeKind(StrEnum):
    """How a set differs from the one that a report was made from."""

    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    ADDED = "added"


@dataclass(frozen=True)
class SetChange:
    """A set that has changed since a report; `author` is the name in the report, "" where a blind report has none."""

    document: Document
    author: str
    kind: ChangeKind
    measured_revision: int
    revision: int


MOST_CHANGES = 20


class ChangesSince:
    """Sets that have changed since a report was made: how many, and the first of them."""

    def __init__(self, report: AgreementReport) -> None:
        project, scope = report.project, Scope.of_record(report.scope)
        annotators = sets.names_of_annotators(project) if scope.annotators else frozenset()
        limits = sets.scope_condition(scope, annotators=annotators, prefix="annotation_set__")
        keys = _documents_to_compare(report)
        self._report, self.is_complete, at = report, len(keys) <= MOST_COMPARED, in_list(keys[:MOST_COMPARED])
        # Keys of sets, so that the index of the report finds these rows; it would read all of a large report.
        there = list(AnnotationSet.objects.filter(document__in=at).order_by().values_list("pk", flat=True))
        reported = ReportedSet.objects.filter(report=report, annotation_set__in=in_list(there))
        counting = reported.filter(lifecycle.sets_for_agreement("annotation_set__") & limits)
        in_report = ReportedSet.objects.filter(report=report, annotation_set=OuterRef("pk"))
        in_scope = sets.sets_in_scope(project, scope).filter(document__in=at)
        fresh = in_scope.filter(~Exists(in_report))
        # Only where there is a new set: mostly nowhere, and all documents take their time.
        comparable = sets.documents_finished_by_two(in_scope.filter(document__in=fresh.order_by().values("document")))
        differs = ~Q(revision=F("annotation_set__revision"))
        self.changed = counting.filter(differs if report.aliases else differs | sets.has_other_author())
        self.withdrawn = reported.exclude(pk__in=counting.order_by().values("pk"))
        self.added = fresh.filter(document__in=comparable.order_by())

    def count(self) -> Staleness:
        """Return how many sets have changed."""
        return Staleness(self.changed.count(), self.withdrawn.count(), self.added.count(), self.is_complete)

    def first(self) -> list[SetChange]:
        """Return the first sets that have changed."""
        changes = []
        for rows, kind in ((self.changed, ChangeKind.CHANGED), (self.withdrawn, ChangeKind.WITHDRAWN)):
            limited = rows.select_related("annotation_set__document").defer("annotation_set__document__text")
            changes += [
                SetChange(row.annotation_set.document, row.author, kind, row.revision, row.annotation_set.revision)
                for row in limited.order_by("id")[:MOST_CHANGES]
            ]
        added = self.added.select_related("document").defer("document__text").order_by("id")
        is_blind = bool(self._report.aliases)
        changes += [
            SetChange(row.document, "" if is_blind else row.name, ChangeKind.ADDED, 0, row.revision)
            for row in added[:MOST_CHANGES]
        ]
        return changes[:MOST_CHANGES]


def _documents_to_compare(report: AgreementReport) -> list[int]:
    """Return the documents whose sets may have changed since a report: one more than are compared, if there are more.

    Plans of before this was stored do not tell; then these are all documents.
    """
    # A label migration writes sets for a while after it was started, and plans do not tell which.
    begin = report.created_at - LONGEST_MIGRATION
    moved = SchemaMigration.objects.filter(
        Q(started_at__gte=begin) | Q(undone_at__gte=begin), project=report.project_id
    )
    since = report.created_at if report.tracks_changes and not moved.exists() else None
    return documents_changed_since(report.project, since, most=MOST_COMPARED + 1)


def authors_to_choose(project: Project) -> list[str]:
    """Return the names to which a report can be limited: those of the official report, and of what changed since."""
    report = latest_report(project)
    # The database reads the names only: all figures of a large report take Python longer than the rest of a page.
    known = reports_of(project).values_list("result__annotators", flat=True).get(pk=report.pk) if report else None
    keys = None if report is None or report.aliases or known is None else _documents_to_compare(report)
    if known is None or keys is None:
        return sets.authors_in(project)
    tallied = people_with_work(project) if len(keys) > MOST_COMPARED else ()
    changed = sets.authors_in(project, of_documents=keys[:MOST_COMPARED])
    return sorted({author["name"] for author in known}.union(tallied, changed))


def staleness(report: AgreementReport) -> Staleness:
    """Return how many sets have changed since a report was made."""
    return ChangesSince(report).count()


def changes_since(report: AgreementReport) -> list[SetChange]:
    """Return the first sets that have changed since a report was made."""
    return ChangesSince(report).first()
