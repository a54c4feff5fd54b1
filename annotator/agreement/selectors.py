"""Reading what can be compared, and reports."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from annotator.accounts.models import User
from annotator.agreement.alignment import RelationSeen, SetSeen, SpanSeen
from annotator.agreement.models import AgreementReport, DocumentAgreement, ReportedSet
from annotator.agreement.reading import SetHead
from annotator.agreement.scope import IMPORTED_ADDITION, Scope
from annotator.documents.models import Document
from annotator.problems import NotFound
from annotator.spans.models import AnnotationSet, Relation, SetKind, SetState, Span
from projects.models import Project
from projects.roles import Capability
from projects.schema import Schema
from projects.selectors import get_project, projects_for, schema_of, schema_versions_of

EVERYTHING = Scope()
FINISHED_STATES = [SetState.SUBMITTED, SetState.ADJUDICATED]


def counted(prefix: str = "") -> Q:
    """The sets that agreement is measured on: what annotators have submitted, and what came in with files.

    Open work does not count, nor do settled sets and those of models: they are nobody's independent reading.
    """
    submitted = Q(**{f"{prefix}kind": SetKind.ANNOTATOR, f"{prefix}state__in": FINISHED_STATES})
    return submitted | Q(**{f"{prefix}kind": SetKind.IMPORTED})


def in_scope(scope: Scope, *, annotators: Container[str], prefix: str = "") -> Q:
    """The sets that a report of this scope may count; `annotators` as in `heads_of`."""
    found = Q()
    if scope.annotators:
        found &= Q(*(_named(name, annotators, prefix) for name in scope.annotators), _connector=Q.OR)
    if scope.documents:
        found &= Q(**{f"{prefix}document__in": scope.documents})
    if scope.batch:
        found &= Q(**{f"{prefix}document__created_at": scope.batch})
    for name, moment in (("gte", _midnight(scope.since, 0)), ("lt", _midnight(scope.until, 1))):
        if moment:
            submitted = Q(**{f"{prefix}kind": SetKind.ANNOTATOR, f"{prefix}submitted_at__{name}": moment})
            found &= submitted | Q(**{f"{prefix}kind": SetKind.IMPORTED, f"{prefix}created_at__{name}": moment})
    return found


def _named(author: str, annotators: Container[str], prefix: str) -> Q:
    """The sets that count under a name."""
    name = author.removesuffix(IMPORTED_ADDITION)
    if name != author and name in annotators:
        return Q(**{f"{prefix}name": name, f"{prefix}kind": SetKind.IMPORTED})
    kinds = {f"{prefix}kind": SetKind.ANNOTATOR} if author in annotators else {}
    return Q(**{f"{prefix}name": author}, **kinds)


def _midnight(day: date | None, days_later: int) -> datetime | None:
    return datetime.combine(day + timedelta(days=days_later), time(), tzinfo=UTC) if day else None


def counted_sets(project: Project, scope: Scope = EVERYTHING) -> QuerySet[AnnotationSet]:
    """Return the sets of a project that count."""
    annotators = names_of_annotators(project) if scope.annotators else frozenset()
    sets = AnnotationSet.objects.filter(counted(), in_scope(scope, annotators=annotators), document__project=project)
    return sets.order_by("id")


def comparable_documents(project: Project, scope: Scope = EVERYTHING) -> QuerySet[Document]:
    """Return the documents that two or more people have finished."""
    sets = counted_sets(project, scope).order_by().values("document").annotate(count=Count("id"))
    finished_by_two = sets.filter(count__gte=2).values("document")
    return Document.objects.filter(project=project, pk__in=finished_by_two).order_by("id")


@dataclass(frozen=True)
class LeftOut:
    """Documents that cannot be compared: one person has finished them, or nobody; and sets still being worked on."""

    one_set: int
    no_set: int
    open_sets: int


def left_out(project: Project, scope: Scope = EVERYTHING) -> LeftOut:
    """Count what a report leaves out, by the reason."""
    sets = counted_sets(project, scope).order_by().values("document").annotate(count=Count("id"))
    one = sets.filter(count=1).count()
    compared = sets.filter(count__gte=2).count()
    documents = Document.objects.filter(project=project)
    opened = AnnotationSet.objects.filter(document__project=project, kind=SetKind.ANNOTATOR, state=SetState.OPEN)
    if scope.documents:
        documents = documents.filter(pk__in=scope.documents)
        opened = opened.filter(document__in=scope.documents)
    if scope.batch:
        documents = documents.filter(created_at=scope.batch)
        opened = opened.filter(document__created_at=scope.batch)
    no_set = documents.count() - one - compared
    return LeftOut(one_set=one, no_set=no_set, open_sets=opened.filter(revision__gt=0).count())


def names_of_annotators(project: Project) -> frozenset[str]:
    """Return the names under which people of the site annotate in a project."""
    sets = AnnotationSet.objects.filter(document__project=project, kind=SetKind.ANNOTATOR).order_by()
    return frozenset(sets.values_list("name", flat=True).distinct())


def authors_in(project: Project, scope: Scope = EVERYTHING) -> list[str]:
    """Return the names under which sets of a project count, in order."""
    annotators = names_of_annotators(project)
    rows = counted_sets(project, scope).order_by().values_list("kind", "name").distinct()
    return sorted({_author(kind, name, annotators) for kind, name in rows})


def _author(kind: str, name: str, annotators: Container[str]) -> str:
    """A name from a file that is also the name of somebody here gets an addition, so that two people stay two."""
    return f"{name}{IMPORTED_ADDITION}" if kind == SetKind.IMPORTED and name in annotators else name


def heads_of(
    project: Project,
    document_ids: Sequence[int],
    *,
    annotators: Container[str],
    scope: Scope = EVERYTHING,
    aliases: Mapping[str, str] | None = None,
) -> list[SetHead]:
    """Return the sets that count over these documents, with the names under which they count.

    With `aliases` (a blind report) these names; who has none came in after the report was begun, and does not count.
    """
    sets = counted_sets(project, scope).filter(document__in=document_ids)
    columns = ("id", "document_id", "revision", "kind", "name", "schema_version_id")
    heads = []
    for set_id, document_id, revision, kind, name, version in sets.values_list(*columns):
        author = _author(kind, name, annotators)
        if aliases:
            if author not in aliases:
                continue
            author = aliases[author]
        heads.append(SetHead(set_id, document_id, revision, author, version))
    return heads


def schemas_of(project: Project) -> dict[int, Schema]:
    """Return all schema versions of a project by id."""
    return {version.pk: schema_of(version) for version in schema_versions_of(project)}


@dataclass(frozen=True)
class ImportBatch:
    """What one import brought: the moment at which it was started, and how many documents."""

    at: datetime
    documents: int


def import_batches(project: Project) -> list[ImportBatch]:
    """Return the imports of a project, newest first. All documents of an import have the moment of its start."""
    rows = Document.objects.filter(project=project).order_by().values("created_at").annotate(documents=Count("id"))
    return [ImportBatch(row["created_at"], row["documents"]) for row in rows.order_by("-created_at")]


def reports_of(project: Project) -> QuerySet[AgreementReport]:
    """Return the reports of a project, newest first, whether or not they are finished."""
    reports = AgreementReport.objects.filter(project=project)
    return reports.select_related("project", "job", "created_by").order_by("-id")


def latest_report(project: Project) -> AgreementReport | None:
    """Return the newest report that is finished."""
    return reports_of(project).filter(measured_at__isnull=False).first()


def latest_aliases(project: Project) -> dict[str, str]:
    """Return what the last blind report called people; nothing when there was none."""
    blind = AgreementReport.objects.filter(project=project).exclude(aliases={}).order_by("-id").first()
    return dict(blind.aliases) if blind else {}


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
    return sets.select_related("annotation_set").order_by("author", "id")


def sets_by_author(report: AgreementReport, document_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the ids of the sets that a report was made from, by document and author."""
    rows = reported_sets(report.pk, list(document_ids)).values_list(
        "annotation_set__document_id", "author", "annotation_set_id"
    )
    return {(document_id, author): set_id for document_id, author, set_id in rows}


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


def staleness(report: AgreementReport) -> Staleness:
    """Compare the revisions that a report was made from with those of now."""
    scope = Scope.of_record(report.scope)
    annotators = names_of_annotators(report.project) if scope.annotators else frozenset()
    reported = ReportedSet.objects.filter(report=report)
    still = counted("annotation_set__") & in_scope(scope, annotators=annotators, prefix="annotation_set__")
    still_counted = reported.filter(still)
    in_report = ReportedSet.objects.filter(report=report, annotation_set=OuterRef("pk"))
    comparable = comparable_documents(report.project, scope).order_by().values("pk")
    return Staleness(
        changed=still_counted.exclude(revision=F("annotation_set__revision")).count(),
        withdrawn=reported.count() - still_counted.count(),
        added=counted_sets(report.project, scope).filter(~Exists(in_report), document__in=comparable).count(),
    )


def seen_set(annotation_set: AnnotationSet) -> SetSeen:
    """Return the spans and relations of a set as they are now, in order of the text."""
    rows = Span.objects.filter(annotation_set=annotation_set).order_by("start", "end", "id")
    spans, places = [], {}
    for place, row in enumerate(rows.values_list("id", "label", "start", "end", "fragments", "attributes")):
        span_id, label, start, end, fragments, attributes = row
        edges = tuple((low, high) for low, high in fragments or [[start, end]])
        places[span_id] = place
        spans.append(SpanSeen(label, edges, attributes))
    arrows = Relation.objects.filter(annotation_set=annotation_set).order_by("id")
    relations = [
        RelationSeen(label, places[source], places[target])
        for label, source, target in arrows.values_list("label", "source_id", "target_id")
        if source in places and target in places
    ]
    return SetSeen(spans, relations)
