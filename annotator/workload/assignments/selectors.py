"""Reading assignments: the user's own, or all with the right to see all annotations."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Cast

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.ordering import PRIME, annotator_order
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from annotator.workload.assignments.models import Assignment
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import projects_for, role_in


def own_assignments(project: Project, user: User) -> QuerySet[Assignment]:
    """Return a user's own assignments in a project: open ones first, then the newest first."""
    own = _with_heads(Assignment.objects.filter(document__project=project, annotator=user))
    return own.annotate(is_open=Exists(_open_set())).order_by("-is_open", "-created_at", "-id")


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
    own = Assignment.objects.filter(document__project=project, annotator=user)
    return OwnProgress(assigned=own.count(), open=own.filter(lifecycle.open_sets("annotation_set__")).count())


def visible_assignments(project: Project, user: User) -> QuerySet[Assignment]:
    """Return the assignments of a project that a user may see, oldest first."""
    role = role_in(project, user)
    assignments = Assignment.objects.filter(document__project=project)
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


def open_assignment(project: Project, user: User) -> Assignment | None:
    """Return the open assignment of a user that is oldest."""
    own = Assignment.objects.filter(document__project=project, annotator=user)
    return _with_heads(own.filter(Exists(_open_set()))).order_by("created_at", "id").first()


def next_candidate(project: Project, user: User) -> int | None:
    """Return the key of the first document in a user's own order that can be assigned to them.

    That is a document with a free slot, not adjudicated, over which the user has no set yet. The order is that of
    `annotator.corpus.documents.ordering`, computed in SQL.
    """
    order = annotator_order(project.seed, user.get_username())
    rank = (Cast(F("shuffle_key"), BigIntegerField()) * order.multiplier + order.offset) % PRIME
    sets = AnnotationSet.objects.filter(document=OuterRef("pk"))
    documents = (
        Document.objects.filter(project=project)
        .alias(assigned=Count("assignments"))
        .filter(assigned__lt=project.annotators_per_document)
        .filter(~Exists(sets.filter(annotator=user)), ~Exists(lifecycle.sets_that_end_assignment()))
    )
    return documents.alias(rank=rank).order_by("rank", "position", "id").values_list("pk", flat=True).first()


def _open_set() -> QuerySet[AnnotationSet]:
    return AnnotationSet.objects.filter(lifecycle.open_sets(), pk=OuterRef("annotation_set"))


def _with_heads(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    related = assignments.select_related("document", "annotation_set", "annotator")
    return related.defer("document__text", "document__meta")
