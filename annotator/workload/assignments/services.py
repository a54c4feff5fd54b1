"""Giving documents to annotators, and taking back what nobody has touched."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.corpus.spans.services import create_annotation_set
from annotator.platform.accounts.models import User
from annotator.problems import Conflict
from annotator.workload.assignments import selectors
from annotator.workload.assignments.models import Assignment
from annotator.workload.assignments.problems import NoDocumentLeft, WorkBegun
from projects.models import Project
from projects.selectors import current_guideline, current_schema

MOST_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Given:
    """A document in somebody's hands; `resumed` when it was theirs already."""

    assignment: Assignment
    resumed: bool


def next_document(project: Project, *, user: User, now: datetime) -> Given:
    """Return the open document of an annotator, or give them the next one in their own order.

    A document is never given to more people than the project asks for, also when several ask at the same instant: who
    comes second takes the next one. Raises `NoDocumentLeft` when there is no more room anywhere.
    """
    for _attempt in range(MOST_ATTEMPTS):
        mine = selectors.open_assignment(project, user)
        if mine is not None:
            return Given(mine, resumed=True)
        candidate = selectors.next_candidate(project, user)
        if candidate is None:
            raise NoDocumentLeft(
                "There is no further document for you in this project: "
                "each has enough annotators, or you have worked on it already."
            )
        assignment = _give(project, candidate, user, now)
        if assignment is not None:
            return Given(assignment, resumed=False)
    raise Conflict("Too many people ask for a document at the same moment. Try again.")


def _give(project: Project, document_id: int, user: User, now: datetime) -> Assignment | None:
    """Give a document in its lowest free slot; None when somebody took the last one, or the person asks twice at once.

    The document was chosen before the transaction, to keep that short; here its slots are counted again. On PostgreSQL
    row locks, on SQLite the transaction keeps others out; the constraints are the last word on both.
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
    """Take a document back from an annotator who has done nothing in it; raises `WorkBegun` otherwise."""
    with transaction.atomic():
        untouched = AnnotationSet.objects.select_for_update().filter(
            lifecycle.open_sets(), pk=assignment.annotation_set_id, revision=0
        )
        annotation_set = untouched.order_by("id").first()
        if annotation_set is None:
            raise WorkBegun(
                f"{assignment.annotator.get_username()} has begun to work on “{assignment.document}”. It stays theirs."
            )
        assignment.delete()
        try:
            annotation_set.delete()
        except ProtectedError as error:
            raise WorkBegun(
                f"“{assignment.document}” was released with the empty set of {assignment.annotator.get_username()}. "
                "It stays theirs."
            ) from error
