"""Assigning documents to annotators, and withdrawing untouched ones."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.corpus.spans.services import create_annotation_set
from annotator.platform.accounts.models import User
from annotator.problems import Conflict
from annotator.workload.assignments import selectors
from annotator.workload.assignments.models import Assignment
from annotator.workload.assignments.problems import AssignmentStarted, NoDocumentLeft
from projects.models import Project
from projects.selectors import current_guideline, current_schema

MOST_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class NextDocument:
    """The document to annotate; `resumed` when it was assigned before."""

    assignment: Assignment
    resumed: bool


def next_document(project: Project, *, user: User, now: datetime) -> NextDocument:
    """Return the open document of an annotator, or assign the next one in their own order.

    A document is never assigned to more annotators than the project allows, also when several request one at the same
    time: the second gets the next document. Raises `NoDocumentLeft` when no document can be assigned.
    """
    for _attempt in range(MOST_ATTEMPTS):
        open_assignment = selectors.open_assignment(project, user)
        if open_assignment is not None:
            return NextDocument(open_assignment, resumed=True)
        candidate = selectors.next_candidate(project, user)
        if candidate is None:
            raise NoDocumentLeft(
                _("No further document can be assigned to you: each has enough annotators, or you have annotated it.")
            )
        assignment = _assign(project, candidate, user, now)
        if assignment is not None:
            return NextDocument(assignment, resumed=False)
    raise Conflict(_("Too many users are requesting a document at the same time. Try again."))


def _assign(project: Project, document_id: int, user: User, now: datetime) -> Assignment | None:
    """Assign a document in its lowest free slot; None when no slot is free any more, or the user has an open document.

    The document was selected before the transaction, to keep it short; here its slots are counted again. Row locks
    (PostgreSQL) or the transaction itself (SQLite) keep others out; the constraints guarantee it on both.
    """
    try:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
            if selectors.open_assignment(project, user) is not None:
                return None
            document = Document.objects.select_for_update(no_key=True).defer("text").get(pk=document_id)
            slots = set(Assignment.objects.filter(document=document).order_by("id").values_list("slot", flat=True))
            if len(slots) >= project.annotators_per_document or lifecycle.is_adjudicated(document):
                return None
            annotation_set = create_annotation_set(
                document,
                kind=SetKind.ANNOTATOR,
                annotator=user,
                name=user.get_username(),
                schema_version=current_schema(project),
                guideline_version=current_guideline(project),
                now=now,
            )
            return Assignment.objects.create(
                document=document,
                annotator=user,
                slot=next(slot for slot in range(len(slots) + 1) if slot not in slots),
                annotation_set=annotation_set,
                created_at=now,
            )
    except IntegrityError:
        return None


def withdraw(assignment: Assignment) -> None:
    """Withdraw a document from an annotator who has not started it; raises `AssignmentStarted` otherwise."""
    with transaction.atomic():
        untouched = AnnotationSet.objects.select_for_update().filter(
            lifecycle.open_sets(), pk=assignment.annotation_set_id, revision=0
        )
        annotation_set = untouched.order_by("id").first()
        if annotation_set is None:
            raise AssignmentStarted(_("Not withdrawn: %(name)s has started “%(document)s”.") % _names(assignment))
        assignment.delete()
        try:
            annotation_set.delete()
        except ProtectedError as error:
            raise AssignmentStarted(
                _("Not withdrawn: the empty set of %(name)s over “%(document)s” is part of a release.")
                % _names(assignment)
            ) from error


def _names(assignment: Assignment) -> dict[str, str]:
    return {"name": assignment.annotator.get_username(), "document": str(assignment.document)}
