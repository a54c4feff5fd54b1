"""Queries of the overview pages."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from annotator.agreement.models import AgreementReport
from annotator.agreement.selectors.reports import latest_report
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import Job
from annotator.problems import NotFound
from annotator.workload.timing import selectors as timing
from annotator.workload.timing.selectors import Pace
from projects.models import Membership, Project
from projects.roles import Capability, Role, can, roles_that_can

SETS = "annotation_sets__"


@dataclass(frozen=True)
class SetCounts:
    """The numbers of open and finished annotation sets of an annotator."""

    open: int
    finished: int


@dataclass(frozen=True)
class ProjectCard:
    """A project in the list of the user's projects."""

    project: Project
    role: Role
    documents: int
    own: SetCounts

    @property
    def can_annotate(self) -> bool:
        """Whether the user may annotate in the project."""
        return can(self.role, Capability.ANNOTATE)


@dataclass(frozen=True)
class Progress:
    """The progress of a project in documents."""

    documents: int
    begun: int
    finished: int
    adjudicated: int
    imported: int

    @property
    def unassigned(self) -> int:
        """Documents that are not assigned to any annotator."""
        return self.documents - self.begun


@dataclass(frozen=True)
class AnnotatorProgress:
    """The progress of a member who annotates."""

    username: str
    role: str
    open: int
    finished: int
    last_change: datetime | None
    pace: Pace | None = None


def project_cards(user: User) -> list[ProjectCard]:
    """Return the projects of a user by name, with the counts of their annotation sets."""
    memberships = Membership.objects.filter(user=user).select_related("project").order_by("project__name", "id")
    projects = [membership.project_id for membership in memberships]
    documents = _count_by_project(Document.objects.filter(project_id__in=projects), "project_id")
    own = AnnotationSet.objects.filter(annotator=user, document__project_id__in=projects)
    opened = _count_by_project(own.filter(lifecycle.unsubmitted_sets()), "document__project_id")
    finished = _count_by_project(own.filter(lifecycle.finished_sets()), "document__project_id")
    return [
        ProjectCard(
            project=membership.project,
            role=Role(membership.role),
            documents=documents.get(membership.project_id, 0),
            own=SetCounts(open=opened.get(membership.project_id, 0), finished=finished.get(membership.project_id, 0)),
        )
        for membership in memberships
    ]


def _count_by_project(rows: QuerySet[Document] | QuerySet[AnnotationSet], field: str) -> dict[int, int]:
    return dict(rows.order_by(field).values_list(field).annotate(count=Count("id")))


def own_set_counts(project: Project, user: User) -> SetCounts:
    """Count the annotation sets of a user in a project."""
    own = AnnotationSet.objects.filter(annotator=user, document__project=project)
    return SetCounts(
        open=own.filter(lifecycle.unsubmitted_sets()).count(), finished=own.filter(lifecycle.finished_sets()).count()
    )


def progress_of(project: Project) -> Progress:
    """Count the documents of a project by progress."""
    finished = Count("annotation_sets", filter=lifecycle.finished_sets(SETS))
    begun = Count("annotation_sets", filter=lifecycle.annotator_sets(SETS))
    included = Document.objects.filter(project=project, is_excluded=False)
    documents = included.annotate(finished_sets=finished, begun_sets=begun)
    sets = AnnotationSet.objects.filter(lifecycle.included(), document__project=project, document__is_excluded=False)
    return Progress(
        documents=included.count(),
        begun=documents.filter(begun_sets__gt=0).count(),
        finished=documents.filter(finished_sets__gte=project.annotators_per_document).count(),
        adjudicated=sets.filter(lifecycle.gold_sets()).count(),
        imported=sets.filter(kind=SetKind.IMPORTED).values("document_id").distinct().count(),
    )


def annotator_progress(project: Project, *, with_pace: bool = False) -> list[AnnotatorProgress]:
    """Return the members who may annotate, by name, with their progress, and their pace when requested."""
    here = Q(user__annotation_sets__document__project=F("project"))
    members = (
        Membership.objects.filter(project=project, role__in=roles_that_can(Capability.ANNOTATE))
        .annotate(
            open_sets=Count("user__annotation_sets", filter=here & lifecycle.unsubmitted_sets(f"user__{SETS}")),
            finished_sets=Count("user__annotation_sets", filter=here & lifecycle.finished_sets(f"user__{SETS}")),
            last_change=Max("user__annotation_sets__changed_at", filter=here),
        )
        .order_by("user__username", "id")
    )
    rows = members.values_list("user__username", "role", "open_sets", "finished_sets", "last_change")
    paces = {row.username: row.pace for row in timing.paces(project)} if with_pace else {}
    return [AnnotatorProgress(*row, pace=paces.get(row[0])) for row in rows]


def get_document(document_id: int, *, user: User) -> Document:
    """Return a document of a project in which the user may see all annotations, or raise `NotFound`."""
    roles = roles_that_can(Capability.SEE_ALL_WORK)
    memberships = Membership.objects.filter(user=user, role__in=roles).values("project")
    document = (
        Document.objects.filter(pk=document_id, project__in=memberships)
        .select_related("project")
        .order_by("id")
        .first()
    )
    if document is None:
        raise NotFound(_("This document does not exist, or you do not have access."))
    return document


def sets_of(document: Document) -> QuerySet[AnnotationSet]:
    """Return the annotation sets of a document by name, with their number of spans."""
    return (
        AnnotationSet.objects.filter(document=document)
        .select_related("schema_version", "guideline_version", "active_time")
        .defer("active_time__periods")
        .annotate(span_count=Count("spans"))
        .order_by("name", "id")
    )


def newest_jobs(project: Project, *, count: int) -> QuerySet[Job]:
    """Return the jobs that were started most recently."""
    return Job.objects.filter(project=project).order_by("-id")[:count]


def newest_report(project: Project) -> AgreementReport | None:
    """Return the official agreement report: the newest finished one that covers everything."""
    return latest_report(project)
