"""Assigning documents: the next one of an annotator in their own order, and those that a lead chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import SetKind, SetPurpose
from annotator.corpus.spans.services import create_annotation_set
from annotator.platform.accounts.models import User
from annotator.platform.prepared import insert_object
from annotator.problems import Conflict
from annotator.workload.assignments import selectors
from annotator.workload.assignments.models import Assignment, Skip
from annotator.workload.assignments.planners import planners
from annotator.workload.assignments.problems import CannotAssign, NoDocumentLeft, NoSlotLeft, NotAnnotating
from annotator.workload.assignments.services.plans import delete_old_queue_changes, ensure_plans
from annotator.workload.assignments.services.slots import (
    free_slot,
    free_unused_slots,
    lock_document,
    lock_person,
    lowest_free,
    recount,
    resume,
    taken_slots,
)
from projects.models import Project

MOST_ATTEMPTS = 100
FREED_EVERY = timedelta(minutes=10)
_freed_at: dict[int, datetime] = {}
"""When this process last freed the unused slots of a project: looking for them reads all open sets."""
LONGEST_FREEING = 0.1
"""Seconds of one request: when slots expire for the first time, thousands may at once. Later requests free the rest."""
MOST_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class NextDocument:
    """The document to annotate; `resumed` when it was assigned before."""

    assignment: Assignment
    resumed: bool


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A document that is assigned to a user before all others, without a slot: its set is not data."""

    document_id: int
    purpose: SetPurpose


Planner = Callable[[Project, User, datetime], PlannedDocument | None]
"""A function that plans documents (`planners.plan_with`); it raises `QueuePaused` when none may be assigned."""


def next_document(project: Project, *, user: User, now: datetime) -> NextDocument:
    """Return the open document of an annotator, or assign the next one in their own order.

    A document is never assigned to more annotators than its round or the project allows, also when several request one
    at the same time: the second gets the next document. Planned documents come first. Raises `NoDocumentLeft` when no
    document can be assigned, `NotAnnotating` for a lead who has not chosen to annotate, and for others who have chosen
    not to, and `QueuePaused`.
    """
    lifecycle.complete_submits(now=now)  # a site may have no worker at this moment
    open_assignment = selectors.open_assignment(project, user)
    if open_assignment is not None:
        return NextDocument(open_assignment, resumed=True)
    if not selectors.is_offered_documents(project, user):
        raise NotAnnotating(
            _("Documents are not assigned to you. Choose “Annotate in this project” under “My documents” first.")
        )
    for planner in planners():
        planned: PlannedDocument | None = planner(project, user, now)
        if planned is not None:
            return assign_planned(planned, user, now=now)
    ensure_plans(project)
    documents = _candidates(project, user, now)
    attempts = 0
    while documents and attempts < MOST_ATTEMPTS:
        for document_id in documents:
            attempts += 1
            assignment = _assign_next(document_id, user, now)
            if assignment is not None:
                return NextDocument(assignment, resumed=False)
            open_assignment = selectors.open_assignment(project, user)
            if open_assignment is not None:
                return NextDocument(open_assignment, resumed=True)
        documents = selectors.candidates(project, user)
    if documents:
        raise Conflict(_("Too many users are requesting a document at the same time. Try again."))
    raise NoDocumentLeft(
        _("No further document can be assigned to you: each has enough annotators, or you have annotated it.")
    )


def assign_planned(planned: PlannedDocument, user: User, *, now: datetime) -> NextDocument:
    """Assign a planned document; the user's open document, when they got one in another request since."""
    with transaction.atomic():
        lock_person(user)
        document = lock_document(planned.document_id)
        own = selectors.open_assignment(document.project, user)
        if own is not None:
            return NextDocument(own, resumed=True)
        return NextDocument(_create(document, user, None, now, purpose=planned.purpose), resumed=False)


def _candidates(project: Project, user: User, now: datetime) -> list[int]:
    """Return documents to try; unused slots are freed now and then, and whenever there is no document otherwise."""
    freed_at = _freed_at.get(project.pk)
    if freed_at is None or not timedelta(0) <= now - freed_at < FREED_EVERY:
        _freed_at[project.pk] = now
        free_unused_slots(project, now=now, seconds=LONGEST_FREEING)
        delete_old_queue_changes(project)
    documents = selectors.candidates(project, user)
    while not documents and free_unused_slots(project, now=now, seconds=LONGEST_FREEING):
        documents = selectors.candidates(project, user)
    return documents


def _assign_next(document_id: int, user: User, now: datetime) -> Assignment | None:
    """Assign a document; None when no slot is free for this user any more, or the user has an open document.

    The document was selected before the transaction, to keep it short; here its slots are counted again. Row locks
    (PostgreSQL) or the transaction itself (SQLite) keep others out; the constraints guarantee it on both.
    """
    try:
        with transaction.atomic():
            lock_person(user)
            document = lock_document(document_id)
            if selectors.open_assignment(document.project, user) is not None:
                return None
            slots = taken_slots(document)
            if document.is_excluded or document.is_archived or lifecycle.is_adjudicated(document):
                return None
            if len(slots) >= selectors.limit_for(document, user):
                return None
            return _create(document, user, slots, now)
    except (IntegrityError, Document.DoesNotExist):
        return None


def assign(document: Document, annotator: User, *, now: datetime) -> Assignment:
    """Assign a document to an annotator whom a lead has chosen, also one who skipped it or is not in its round.

    An unfinished set of theirs is resumed. Raises `NoSlotLeft`, and `CannotAssign` for a document that is adjudicated,
    excluded or theirs already, and for a person who may not annotate.
    """
    names = {"name": annotator.get_username(), "document": str(document)}
    project = document.project
    if not selectors.may_annotate(project, annotator):
        raise CannotAssign(_("Not assigned: %(name)s may not annotate in this project.") % names)
    ensure_plans(project)
    try:
        with transaction.atomic():
            document = lock_document(document.pk)
            if document.is_excluded or document.is_archived or lifecycle.is_adjudicated(document):
                detail = _("Not assigned: “%(document)s” is excluded, archived or adjudicated.")
                raise CannotAssign(detail % names)
            own = Assignment.objects.filter(document=document, annotator=annotator).order_by("id").first()
            if own is not None and own.freed_at is not None:
                resume(own)
                return own
            slots = taken_slots(document)
            if own is None and len(slots) >= selectors.limit_of(document):
                detail = _(
                    "Not assigned: all slots of “%(document)s” are taken. Withdraw it from another annotator first."
                )
                raise NoSlotLeft(detail % names)
            Skip.objects.filter(document=document, annotator=annotator).delete()
            return _create(document, annotator, slots, now)
    except IntegrityError as error:
        raise CannotAssign(_("Not assigned: %(name)s has “%(document)s” already.") % names) from error


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many documents were assigned, and the first problems of the others."""

    assigned: int
    problems: Sequence[str]
    refused: int


def assign_many(documents: Sequence[Document], annotator: User, *, now: datetime) -> BulkResult:
    """Assign each document to an annotator, and say which could not be assigned, and why."""
    assigned, problems = 0, []
    for document in documents[:MOST_AT_ONCE]:
        try:
            assign(document, annotator, now=now)
            assigned += 1
        except Conflict as problem:
            problems.append(problem.detail)
    return BulkResult(assigned, problems[:10], len(problems))


@transaction.atomic
def reassign(assignment: Assignment, annotator: User, *, now: datetime) -> Assignment:
    """Give a document that its annotator has not submitted to another one; a begun set is kept as unfinished.

    Raises as `free_slot` and `assign`; then nothing has changed.
    """
    name = annotator.get_username()
    free_slot(assignment, reason=_("Reassigned to %(name)s") % {"name": name}, now=now)
    return assign(assignment.document, annotator, now=now)


def _create(
    document: Document, user: User, slots: set[int] | None, now: datetime, *, purpose: SetPurpose = SetPurpose.DATA
) -> Assignment:
    """Create a set and its assignment; without `slots` it takes none."""
    schema_version, guideline_version = selectors.versions_for(document)
    annotation_set = create_annotation_set(
        document,
        kind=SetKind.ANNOTATOR,
        annotator=user,
        name=user.get_username(),
        schema_version=schema_version,
        guideline_version=guideline_version,
        purpose=purpose,
        now=now,
    )
    excluded = annotation_set.is_excluded
    assignment = insert_object(
        Assignment(
            document=document,
            annotator=user,
            slot=None if excluded or slots is None else lowest_free(slots),
            annotation_set=annotation_set,
            created_at=now,
        )
    )
    recount([document.pk])
    return assignment
