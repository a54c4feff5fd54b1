"""Reading assignments: the user's own, or all with the right to see all annotations."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.prepared import Parameter, PreparedQuery
from annotator.problems import NotFound
from annotator.workload.assignments.models import Assignment, ReturnedSet
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import projects_for, role_in


def own_assignments(project: Project, user: User) -> QuerySet[Assignment]:
    """Return a user's own assignments in a project: open ones first, then the newest first."""
    own = _with_heads(Assignment.objects.filter(document__project=project, annotator=user))
    own = own.annotate(is_open=Exists(_open_set()), is_returned=Exists(_open_set()) & Exists(_returned()))
    return own.order_by("-is_returned", "-is_open", "-created_at", "-id")


@dataclass(frozen=True, slots=True)
class OwnProgress:
    """The numbers of documents assigned to a user."""

    assigned: int
    open: int

    @property
    def finished(self) -> int:
        """The number of documents submitted, or adjudicated since."""
        return self.assigned - self.open


def own_progress(project: Project, user: User) -> OwnProgress:
    """Return the numbers of a user's own assignments in a project."""
    own = Assignment.objects.filter(
        lifecycle.included("annotation_set__"), document__project=project, annotator=user, freed_at=None
    )
    return OwnProgress(assigned=own.count(), open=own.filter(lifecycle.open_sets("annotation_set__")).count())


@dataclass(frozen=True, slots=True)
class MemberWork:
    """The sets of a member by their state after the member is removed."""

    untouched: int
    begun: int
    submitted: int
    unfinished: int


def work_of(project: Project, user: User) -> MemberWork:
    """Return how many sets a member has in each state."""
    sets = AnnotationSet.objects.filter(document__project=project, annotator=user)
    opened = sets.filter(lifecycle.unsubmitted_sets())
    return MemberWork(
        untouched=opened.filter(revision=0).count(),
        begun=opened.filter(revision__gt=0).count(),
        submitted=sets.filter(lifecycle.submitted_sets()).count(),
        unfinished=sets.filter(lifecycle.freed_sets()).count(),
    )


def visible_assignments(project: Project, user: User) -> QuerySet[Assignment]:
    """Return the assignments of a project that a user may see, oldest first."""
    role = role_in(project, user)
    documents = Document.objects.filter(project=project).order_by()
    # In the order of the table, until the page is full.
    assignments = Assignment.objects.filter(document__in=documents.values("pk"))
    if role is None or not can(role, Capability.SEE_ALL_WORK):
        assignments = assignments.filter(annotator=user)
    return _with_heads(assignments).order_by("id")


def get_assignment(assignment_id: int, *, user: User) -> Assignment:
    """Return an assignment of a project that a user manages."""
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    assignments = Assignment.objects.filter(document__project__in=managed, pk=assignment_id)
    assignment = _with_heads(assignments).order_by("id").first()
    if assignment is None:
        raise NotFound(f"There is no assignment {assignment_id}, or you may not change it.")
    return assignment


def get_own_assignment(assignment_id: int, *, user: User) -> Assignment:
    """Return an assignment of a user in a project in which they may annotate."""
    projects = projects_for(user, capability=Capability.ANNOTATE).order_by()
    own = Assignment.objects.filter(document__project__in=projects, annotator=user, pk=assignment_id)
    assignment = _with_heads(own).select_related("document__project").order_by("id").first()
    if assignment is None:
        raise NotFound(f"There is no assignment {assignment_id}, or it is not yours.")
    return assignment


def _build_open_assignment() -> QuerySet[Assignment]:
    # A person has few open sets, which an index lists, and many assignments.
    sets = AnnotationSet.objects.filter(lifecycle.open_sets(), annotator=Parameter("user")).order_by()
    own = Assignment.objects.filter(document__project=Parameter("project"), annotator=Parameter("user"))
    rows = _with_heads(own.filter(annotation_set__in=sets.values("pk"))).alias(is_returned=Exists(_returned()))
    rows = rows.select_related("annotation_set__schema_version", "annotation_set__guideline_version")
    rows = rows.defer("annotation_set__schema_version__definition", "annotation_set__guideline_version__text")
    return rows.order_by("-is_returned", "created_at", "id")[:1]


_open_assignment = PreparedQuery(_build_open_assignment)


def open_assignment(project: Project, user: User) -> Assignment | None:
    """Return the open assignment of a user that comes first: a returned one, else the oldest."""
    return _open_assignment.first(project=project.pk, user=user.pk)


def open_assignments_of(project: Project, user: User) -> list[Assignment]:
    """Return the assignments of a user whose sets are open, oldest first."""
    own = Assignment.objects.filter(document__project=project, annotator=user)
    return list(_with_heads(own.filter(Exists(_open_set()))).order_by("created_at", "id"))


def returned_notes(project: Project, user: User) -> list[ReturnedSet]:
    """Return the notes of open sets that were returned to a user, newest first: one for each set."""
    notes = ReturnedSet.objects.filter(
        lifecycle.open_sets("annotation_set__"),
        annotation_set__annotator=user,
        annotation_set__document__project=project,
    )
    newest: dict[int, ReturnedSet] = {}
    for note in notes.select_related("annotation_set__document", "returned_by").order_by("-returned_at", "-id"):
        newest.setdefault(note.annotation_set_id, note)
    return list(newest.values())


def sets_to_review(project: Project) -> QuerySet[AnnotationSet]:
    """Return the submitted sets that wait for approval, oldest submission first."""
    sets = lifecycle.few_sets_of(project, lifecycle.sets_to_review())
    return sets.select_related("document", "annotator").defer("document__text").order_by("submitted_at", "id")


def _open_set() -> QuerySet[AnnotationSet]:
    return AnnotationSet.objects.filter(lifecycle.open_sets(), pk=OuterRef("annotation_set"))


def _returned() -> QuerySet[ReturnedSet]:
    return ReturnedSet.objects.filter(annotation_set=OuterRef("annotation_set"))


def _with_heads(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    related = assignments.select_related("document__project", "annotation_set", "annotator")
    return related.defer("document__text", "document__meta")
