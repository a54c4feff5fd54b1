"""Slots of documents: counting, freeing and taking them. Only this module writes `slot` and `taken`.

A service that changes the slots of a document locks its row first, so that two changes never count at the same time.
"""

import time
from collections.abc import Collection, Iterable
from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.db.models import Count, OuterRef, ProtectedError, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import DeletedDocument, Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.platform.prepared import Parameter, PreparedQuery, PreparedUpdate
from annotator.workload.assignments import selectors
from annotator.workload.assignments.models import Assignment, DocumentPlan, Skip, SkipReason
from annotator.workload.assignments.problems import AssignmentStarted, NoSlotLeft, NotOpen
from annotator.workload.assignments.services.plans import note_queue_change
from projects.models import Project

LOCKED_AT_ONCE = 500


def _held() -> Coalesce:
    """Return how many slots of the document of a plan are taken."""
    held = Assignment.objects.filter(document=OuterRef("document_id"), slot__isnull=False).order_by()
    counts = held.values("document").annotate(count=Count("id")).values("count")
    return Coalesce(Subquery(counts), 0)


def _with_slot() -> QuerySet[Assignment]:
    return Assignment.objects.filter(document=Parameter("document"), slot__isnull=False)


def _build_locked_document() -> QuerySet[Document]:
    rows = Document.objects.select_for_update(no_key=True, of=("self",)).select_related("project")
    return rows.filter(pk=Parameter("document")).defer("text", "meta").order_by("id")


_locked_document = PreparedQuery(_build_locked_document)
_locked_person = PreparedQuery(
    lambda: User.objects.select_for_update(no_key=True).filter(pk=Parameter("user")).order_by("id").values_list("pk")
)
_taken = PreparedQuery(lambda: _with_slot().order_by("id").values_list("slot"))
_excluded = PreparedUpdate(lambda: _with_slot().filter(annotation_set__is_excluded=True), slot=None)
_recount_one = PreparedUpdate(lambda: DocumentPlan.objects.filter(document=Parameter("document")), taken=_held())


def lock_document(document_id: int) -> Document:
    """Lock a document against other changes of its slots until the transaction ends; return it with its project."""
    document = _locked_document.first(document=document_id)
    if document is None:
        raise Document.DoesNotExist
    return document


def lock_person(user: User) -> None:
    """Lock a person against another assignment at the same time until the transaction ends."""
    _locked_person.first(user=user.pk)


def taken_slots(document: Document) -> set[int]:
    """Return the slots that are taken on a locked document; slots of excluded sets are free."""
    if _excluded.run(document=document.pk):
        note_queue_change(document.project_id, [document.pk])
    return {slot for (slot,) in _taken.all(document=document.pk) if slot is not None}


def lowest_free(slots: Collection[int]) -> int:
    """Return the lowest slot that is not taken.

    >>> lowest_free({0, 2})
    1
    """
    return next(slot for slot in range(len(slots) + 1) if slot not in slots)


def recount(document_ids: Iterable[int]) -> None:
    """Write how many slots of locked documents are taken into their plans."""
    keys = list(document_ids)
    if len(keys) == 1:
        _recount_one.run(document=keys[0])
    else:
        DocumentPlan.objects.filter(document__in=keys).update(taken=_held())


def withdraw(assignment: Assignment, *, by: User | None, now: datetime) -> None:
    """Withdraw a document from an annotator who has not started it; it is not offered to them again.

    Raises `AssignmentStarted` for an annotator who has.
    """
    with transaction.atomic():
        document = lock_document(assignment.document_id)
        if not _delete_untouched(assignment):
            raise AssignmentStarted(_("Not withdrawn: %(name)s has started “%(document)s”.") % _names(assignment))
        skip = {"reason": SkipReason.WITHDRAWN, "created_at": now, "decided_by": by, "decided_at": now}
        Skip.objects.get_or_create(document=document, annotator_id=assignment.annotator_id, defaults=skip)
        recount([document.pk])
        note_queue_change(document.project_id, [document.pk])


def free_slot(assignment: Assignment, *, reason: str, now: datetime) -> bool:
    """Free the slot of an annotator for another one; return whether a set was kept, as unfinished.

    A set without changes is deleted with its assignment. Raises `NotOpen` when the set is submitted or freed already.
    """
    with transaction.atomic():
        document = lock_document(assignment.document_id)
        kept = not _delete_untouched(assignment)
        if kept:
            if not lifecycle.free(assignment.annotation_set):
                raise NotOpen(_("%(name)s has no open set over “%(document)s”.") % _names(assignment))
            rows = Assignment.objects.filter(pk=assignment.pk)
            rows.update(slot=None, freed_at=now, freed_reason=reason[:500])
        recount([document.pk])
        note_queue_change(document.project_id, [document.pk])
    return kept


def free_slots_of(project: Project, user: User, *, reason: str, now: datetime) -> tuple[int, int]:
    """Free all open slots of a person in a project; return how many sets were kept, and how many documents had none."""
    kept = untouched = 0
    for assignment in selectors.open_assignments_of(project, user):
        if free_slot(assignment, reason=reason, now=now):
            kept += 1
        else:
            untouched += 1
    return kept, untouched


def free_unused_slots(project: Project, *, now: datetime, seconds: float | None = None) -> int:
    """Free the slots of people who may no longer annotate, and those that have expired; return their number.

    Called when a document is requested and by `manage.py free_slots`: no clock of its own is needed. With `seconds` it
    ends early after so long, for a person who waits.
    """
    slots = selectors.slots_to_free(project, now=now)
    freed, began = 0, time.monotonic()
    for slot in slots:
        try:
            free_slot(slot.assignment, reason=slot.reason, now=now)
        except NotOpen:  # Submitted, or freed by another request, since it was listed.
            continue
        freed += 1
        if seconds is not None and time.monotonic() - began > seconds:
            break
    return freed


def resume(assignment: Assignment) -> None:
    """Take a slot again for an unfinished set; raises `NoSlotLeft` when others have taken them all, and `NotOpen`."""
    with transaction.atomic():
        document = lock_document(assignment.document_id)
        if not AnnotationSet.objects.filter(lifecycle.freed_sets(), pk=assignment.annotation_set_id).exists():
            raise NotOpen(_("The set of %(name)s over “%(document)s” is not unfinished.") % _names(assignment))
        slots = taken_slots(document)
        if len(slots) >= selectors.limit_of(document) or lifecycle.is_adjudicated(document) or document.is_excluded:
            detail = _("“%(document)s” has no free slot any more. Your annotations are kept as unfinished.")
            raise NoSlotLeft(detail % _names(assignment))
        Assignment.objects.filter(pk=assignment.pk).update(slot=lowest_free(slots), freed_at=None, freed_reason="")
        lifecycle.resume(assignment.annotation_set)
        recount([document.pk])


def update_slots(sets: QuerySet[AnnotationSet]) -> int:
    """Free the slots of sets that are excluded, and take slots again for others as far as they are free.

    Returns how many sets count again without a slot, because others have taken it. The caller opens the transaction.
    """
    without_slot = 0
    rows = Assignment.objects.filter(annotation_set__in=sets.order_by().values("pk"))
    documents = list(rows.order_by("document_id").values_list("document_id", flat=True).distinct())
    for start in range(0, len(documents), LOCKED_AT_ONCE):
        keys = documents[start : start + LOCKED_AT_ONCE]
        locked = list(Document.objects.select_for_update(no_key=True).defer("text").filter(pk__in=keys).order_by("id"))
        here = rows.filter(document__in=keys)
        here.filter(annotation_set__is_excluded=True, slot__isnull=False).update(slot=None)
        counts = lifecycle.included("annotation_set__") & lifecycle.data_sets("annotation_set__")
        back = here.filter(counts, slot=None, freed_at=None)
        by_key = {document.pk: document for document in locked}
        for assignment in back.order_by("id"):
            document = by_key[assignment.document_id]
            slots = taken_slots(document)
            if len(slots) < selectors.limit_of(document):
                Assignment.objects.filter(pk=assignment.pk).update(slot=lowest_free(slots))
            else:
                without_slot += 1
        recount(keys)
        note_queue_change(locked[0].project_id, keys)
    return without_slot


def delete_unused_document(document: Document, *, reason: str, by: User | None, now: datetime) -> bool:
    """Delete a document that no one has worked on, with its untouched assignments; return whether it was deleted.

    A document with a changed, submitted or imported set, a report, an adjudication, a release, an exclusion or a
    question is kept as it is. Its id, digest and the reason are recorded, not its text.
    """
    try:
        with transaction.atomic():
            locked = lock_document(document.pk)
            for assignment in (
                Assignment.objects.filter(document=locked).select_related("annotation_set").order_by("id")
            ):
                if not _delete_untouched(assignment):
                    raise AssignmentStarted(_("The document has been started."))
            if _is_talked_about(locked):
                raise AssignmentStarted(_("There are questions about the document."))
            Skip.objects.filter(document=locked).delete()
            DeletedDocument.objects.create(
                project=locked.project,
                external_id=locked.external_id,
                title=locked.title,
                sha256=locked.sha256,
                length=locked.length,
                sets=0,
                spans=0,
                reason=reason,
                deleted_by=by,
                deleted_at=now,
            )
            locked.delete()
    except (AssignmentStarted, ProtectedError):
        return False
    return True


def _is_talked_about(document: Document) -> bool:
    """Return whether a document has questions or suggestions, which packages beside and above this one keep."""
    return any(
        apps.get_model(app, model).objects.filter(document=document).exists()
        for app, model in (("questions", "Question"), ("suggestions", "SuggestionRun"))
    )


def _delete_untouched(assignment: Assignment) -> bool:
    """Delete an assignment whose set is open and never changed; return whether it was.

    Raises `AssignmentStarted` when a release contains the set.
    """
    untouched = AnnotationSet.objects.select_for_update().filter(
        lifecycle.open_sets(), pk=assignment.annotation_set_id, revision=0
    )
    annotation_set = untouched.order_by("id").first()
    if annotation_set is None:
        return False
    Assignment.objects.filter(pk=assignment.pk).delete()
    annotation_set.returns.all().delete()
    try:
        annotation_set.delete()
    except ProtectedError as error:
        raise AssignmentStarted(
            _("Not withdrawn: the empty set of %(name)s over “%(document)s” is part of a release.") % _names(assignment)
        ) from error
    return True


def _names(assignment: Assignment) -> dict[str, str]:
    return {"name": assignment.annotator.get_username(), "document": str(assignment.document)}
