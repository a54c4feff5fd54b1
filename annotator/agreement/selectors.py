"""Reading reports and what they were made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce

from annotator.agreement import set_selectors
from annotator.agreement.models import AgreementReport, DocumentAgreement, ReportedSet
from annotator.agreement.scope import Scope
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project, projects_for

EVERYTHING = Scope()


def reports_of(project: Project) -> QuerySet[AgreementReport]:
    """Return the reports of a project, newest first, whether or not they are finished."""
    reports = AgreementReport.objects.filter(project=project).defer("sums")
    return reports.select_related("project", "job", "created_by").order_by("-id")


def latest_report(project: Project) -> AgreementReport | None:
    """Return the newest report that is finished."""
    return reports_of(project).filter(measured_at__isnull=False).first()


def finished_heads(project: Project) -> list[dict[str, Any]]:
    """Return the finished reports of a project, newest first, with only so much of their figures as a trend needs."""
    parts = [KeyTransform(name, "result") for name in TREND_PARTS]
    rows = AgreementReport.objects.filter(project=project, measured_at__isnull=False).order_by("-id")
    columns = ("id", "created_at", "scope", *TREND_PARTS)
    return [
        dict(zip(columns, row, strict=True))
        for row in rows.values_list("id", "created_at", "scope", *parts)[:MOST_IN_TREND]
    ]


def latest_aliases(project: Project) -> dict[str, str]:
    """Return what the last blind report called people; nothing when there was none."""
    blind = AgreementReport.objects.filter(project=project).exclude(aliases={}).order_by("-id").first()
    return dict(blind.aliases) if blind else {}


def report_to_build_on(report: AgreementReport) -> AgreementReport | None:
    """Return the newest finished report before one, made in the same way from the same scope; None if there is none."""
    earlier = AgreementReport.objects.filter(project=report.project_id, pk__lt=report.pk, sums__isnull=False)
    for found in earlier.order_by("-id").defer("result")[:MOST_IN_TREND]:
        same_names = found.aliases.items() <= report.aliases.items() and bool(found.aliases) == bool(report.aliases)
        if found.scope == report.scope and same_names:
            return found
    return None


def not_yet_in(report: AgreementReport, documents: QuerySet[Document]) -> QuerySet[Document]:
    """Return those of some documents that a report does not have yet."""
    return documents.exclude(pk__in=DocumentAgreement.objects.filter(report=report).order_by().values("document"))


def same_place_figures(report: AgreementReport) -> list[float | None]:
    """Return same-place F1 of every document of a report; None where nobody marked anything."""
    return list(DocumentAgreement.objects.filter(report=report).order_by("id").values_list("overlap_f1", flat=True))


def get_report(report_id: int, *, user: User) -> AgreementReport:
    """Return a report of a project all work of which this person may see; `NotFound` otherwise."""
    visible = projects_for(user, capability=Capability.SEE_ALL_WORK).order_by()
    reports = AgreementReport.objects.filter(project__in=visible).select_related("project", "job", "created_by")
    report = reports.filter(pk=report_id).order_by("id").first()
    if report is None:
        raise NotFound(f"There is no agreement report {report_id}, or you may not see it.")
    return report


def get_report_of(slug: str, report_id: int, *, user: User) -> AgreementReport:
    """Return a report by the project in whose address it stands."""
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    report = reports_of(project).filter(pk=report_id).first()
    if report is None:
        raise NotFound(f"There is no agreement report {report_id} in this project.")
    return report


MOST_IN_TREND = 12
TREND_PARTS = ("documents", "overall", "labels")
ORDERS: dict[str, list[OrderBy | str]] = {
    "overlap": [F("overlap_f1").asc(nulls_last=True), F("exact_f1").asc(nulls_last=True), "id"],
    "exact": [F("exact_f1").asc(nulls_last=True), F("overlap_f1").asc(nulls_last=True), "id"],
    "alpha": [F("alpha").asc(nulls_last=True), "id"],
}
"""Worst first; documents without a figure (nobody marked anything) last."""


def documents_of(report: AgreementReport, *, order: str = "overlap") -> QuerySet[DocumentAgreement]:
    """Return the documents of a report from worst to best by one of `ORDERS`."""
    documents = DocumentAgreement.objects.filter(report=report).select_related("document").defer("document__text")
    return documents.order_by(*ORDERS[order])


def get_document_agreement(report: AgreementReport, document_id: int) -> DocumentAgreement:
    """Return what one document contributed to a report, with its text."""
    documents = DocumentAgreement.objects.filter(report=report).select_related("document").order_by("id")
    found = documents.filter(document=document_id).first()
    if found is None:
        raise NotFound(f"Agreement report {report.pk} was not made from document {document_id}.")
    return found


def documents_worst_first(report: AgreementReport) -> QuerySet[DocumentAgreement]:
    """Return the documents of a report with `worst_first`, a number to order them by that is never null."""
    documents = (
        documents_of(report).select_related("measurement").annotate(worst_first=Coalesce("overlap_f1", Value(2.0)))
    )
    return documents.order_by("worst_first", "id")


def reported_sets(report_id: int, document_ids: Sequence[int]) -> QuerySet[ReportedSet]:
    """Return the sets of some documents that a report was made from, by name, with what they are now."""
    sets = ReportedSet.objects.filter(report=report_id, annotation_set__document__in=document_ids)
    return sets.select_related("annotation_set__schema_version").order_by("author", "id")


def sets_by_author(report: AgreementReport, document_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the ids of the sets that a report was made from, by document and author."""
    rows = reported_sets(report.pk, list(document_ids)).values_list(
        "annotation_set__document_id", "author", "annotation_set_id"
    )
    return {(document_id, author): set_id for document_id, author, set_id in rows}


def sets_of(report: AgreementReport) -> QuerySet[ReportedSet]:
    """Return every set that a report was made from, by document."""
    sets = ReportedSet.objects.filter(report=report).select_related("annotation_set__document")
    return sets.defer("annotation_set__document__text").order_by("annotation_set__document_id", "author", "id")


def documents_with_texts(document_ids: Iterable[int]) -> dict[int, Document]:
    """Return documents by id; the caller has limited them to what somebody may see."""
    return Document.objects.in_bulk(list(document_ids))


@dataclass(frozen=True)
class Staleness:
    """How many sets are not what a report was made from."""

    changed: int
    withdrawn: int
    added: int

    @property
    def is_stale(self) -> bool:
        """Whether a new report would be made from something else."""
        return bool(self.changed or self.withdrawn or self.added)


class _Since:
    """What has moved since a report was made."""

    def __init__(self, report: AgreementReport) -> None:
        project, scope = report.project, Scope.of_record(report.scope)
        annotators = set_selectors.names_of_annotators(project) if scope.annotators else frozenset()
        limits = set_selectors.in_scope(scope, annotators=annotators, prefix="annotation_set__")
        reported = ReportedSet.objects.filter(report=report)
        counting = reported.filter(lifecycle.sets_for_agreement("annotation_set__") & limits)
        in_report = ReportedSet.objects.filter(report=report, annotation_set=OuterRef("pk"))
        sets = set_selectors.counted_sets(project, scope)
        fresh = sets.filter(~Exists(in_report))
        # Only where there is a new set: mostly nowhere, and all documents take their time.
        comparable = set_selectors.finished_by_two(sets.filter(document__in=fresh.order_by().values("document")))
        self.changed = counting.exclude(revision=F("annotation_set__revision"))
        self.withdrawn = reported.exclude(pk__in=counting.order_by().values("pk"))
        self.added = fresh.filter(document__in=comparable.order_by())


def staleness(report: AgreementReport) -> Staleness:
    """Compare the revisions that a report was made from with those of now."""
    since = _Since(report)
    return Staleness(since.changed.count(), since.withdrawn.count(), since.added.count())


@dataclass(frozen=True)
class Moved:
    """A set that is not what a report was made from; `author` as the report calls them, "" for a new set."""

    document: Document
    author: str
    what: str


MOST_MOVED = 20


def moved_since(report: AgreementReport) -> list[Moved]:
    """Return the first sets that have moved since a report was made."""
    since, found = _Since(report), []
    for rows, words in ((since.changed, "revision {then}, now {now}"), (since.withdrawn, "taken back")):
        shown = rows.select_related("annotation_set__document").defer("annotation_set__document__text")
        for each in shown.order_by("id")[:MOST_MOVED]:
            now = each.annotation_set
            what = words.replace("{then}", str(each.revision)).replace("{now}", str(now.revision))
            found.append(Moved(now.document, each.author, what))
    added = since.added.select_related("document").defer("document__text").order_by("id")
    names = not report.aliases
    found += [Moved(each.document, each.name if names else "", "new") for each in added[:MOST_MOVED]]
    return found[:MOST_MOVED]
