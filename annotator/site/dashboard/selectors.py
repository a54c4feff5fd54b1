"""What the overview pages count."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from annotator.agreement.models import AgreementReport
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
class OwnWork:
    """How far somebody is with their own documents."""

    open: int
    finished: int


@dataclass(frozen=True)
class ProjectCard:
    """A project as its members see it in the list."""

    project: Project
    role: Role
    documents: int
    own: OwnWork

    @property
    def can_annotate(self) -> bool:
        """Whether the button for the next document belongs here."""
        return can(self.role, Capability.ANNOTATE)


@dataclass(frozen=True)
class Progress:
    """How far a project is, in documents."""

    documents: int
    begun: int
    finished: int
    adjudicated: int
    imported: int

    @property
    def untouched(self) -> int:
        """Documents that no annotator has been given yet."""
        return self.documents - self.begun


@dataclass(frozen=True)
class Person:
    """A member with their work."""

    username: str
    role: str
    open: int
    finished: int
    last_change: datetime | None
    pace: Pace | None = None


def project_cards(user: User) -> list[ProjectCard]:
    """Return the projects somebody belongs to, by name, with their own work in each."""
    memberships = Membership.objects.filter(user=user).select_related("project").order_by("project__name", "id")
    projects = [membership.project_id for membership in memberships]
    documents = _count_by_project(Document.objects.filter(project_id__in=projects), "project_id")
    own = AnnotationSet.objects.filter(annotator=user, document__project_id__in=projects)
    opened = _count_by_project(own.filter(lifecycle.open_sets()), "document__project_id")
    finished = _count_by_project(own.filter(lifecycle.finished_sets()), "document__project_id")
    return [
        ProjectCard(
            project=membership.project,
            role=Role(membership.role),
            documents=documents.get(membership.project_id, 0),
            own=OwnWork(open=opened.get(membership.project_id, 0), finished=finished.get(membership.project_id, 0)),
        )
        for membership in memberships
    ]


def _count_by_project(rows: QuerySet[Document] | QuerySet[AnnotationSet], field: str) -> dict[int, int]:
    return dict(rows.order_by(field).values_list(field).annotate(count=Count("id")))


def own_work(project: Project, user: User) -> OwnWork:
    """Count somebody's own annotation sets in a project."""
    own = AnnotationSet.objects.filter(annotator=user, document__project=project)
    return OwnWork(
        open=own.filter(lifecycle.open_sets()).count(), finished=own.filter(lifecycle.finished_sets()).count()
    )


def progress_of(project: Project) -> Progress:
    """Count the documents of a project by how far they are."""
    finished = Count("annotation_sets", filter=lifecycle.finished_sets(SETS))
    begun = Count("annotation_sets", filter=lifecycle.annotator_sets(SETS))
    documents = Document.objects.filter(project=project).annotate(finished_sets=finished, begun_sets=begun)
    sets = AnnotationSet.objects.filter(document__project=project)
    return Progress(
        documents=Document.objects.filter(project=project).count(),
        begun=documents.filter(begun_sets__gt=0).count(),
        finished=documents.filter(finished_sets__gte=project.annotators_per_document).count(),
        adjudicated=sets.filter(lifecycle.gold_sets()).count(),
        imported=sets.filter(kind=SetKind.IMPORTED).values("document_id").distinct().count(),
    )


def people_at_work(project: Project, *, with_pace: bool = False) -> list[Person]:
    """Return the members who may annotate, with how much they have done, by name; with how fast, for leads."""
    here = Q(user__annotation_sets__document__project=F("project"))
    members = (
        Membership.objects.filter(project=project, role__in=roles_that_can(Capability.ANNOTATE))
        .annotate(
            open_sets=Count("user__annotation_sets", filter=here & lifecycle.open_sets(f"user__{SETS}")),
            finished_sets=Count("user__annotation_sets", filter=here & lifecycle.finished_sets(f"user__{SETS}")),
            last_change=Max("user__annotation_sets__changed_at", filter=here),
        )
        .order_by("user__username", "id")
    )
    rows = members.values_list("user__username", "role", "open_sets", "finished_sets", "last_change")
    paces = {person.username: person.pace for person in timing.paces(project)} if with_pace else {}
    return [Person(*row, pace=paces.get(row[0])) for row in rows]


def documents_with_progress(project: Project, *, search: str = "") -> QuerySet[Document]:
    """Return the documents of a project in order, with counts of their sets; `search` is in title or id."""
    finished = Count("annotation_sets", filter=lifecycle.finished_sets(SETS))
    adjudicated = AnnotationSet.objects.filter(lifecycle.gold_sets(), document=OuterRef("pk"))
    found = Document.objects.filter(project=project)
    if search:
        found = found.filter(Q(title__icontains=search) | Q(external_id__icontains=search))
    return (
        found.defer("text")
        .annotate(
            open_sets=Count("annotation_sets", filter=lifecycle.open_sets(SETS)),
            finished_sets=finished,
            imported_sets=Count("annotation_sets", filter=Q(annotation_sets__kind=SetKind.IMPORTED)),
            is_adjudicated=Exists(adjudicated),
        )
        .order_by("position", "id")
    )


def get_document(document_id: int, *, user: User) -> Document:
    """Return a document of a project in which somebody may see all work; else `NotFound`."""
    roles = roles_that_can(Capability.SEE_ALL_WORK)
    mine = Membership.objects.filter(user=user, role__in=roles).values("project")
    document = (
        Document.objects.filter(pk=document_id, project__in=mine).select_related("project").order_by("id").first()
    )
    if document is None:
        raise NotFound("There is no such document, or you may not see it.")
    return document


def sets_of(document: Document) -> QuerySet[AnnotationSet]:
    """Return all sets over a document by name, with their number of spans."""
    return (
        AnnotationSet.objects.filter(document=document)
        .select_related("schema_version", "guideline_version", "active_time")
        .defer("active_time__periods")
        .annotate(span_count=Count("spans"))
        .order_by("name", "id")
    )


def newest_jobs(project: Project, *, count: int) -> QuerySet[Job]:
    """Return the jobs that were started last."""
    return Job.objects.filter(project=project).order_by("-id")[:count]


def newest_report(project: Project) -> AgreementReport | None:
    """Return the agreement report that was finished last."""
    measured = AgreementReport.objects.filter(project=project, measured_at__isnull=False)
    return measured.order_by("-id").first()
