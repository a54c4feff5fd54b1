"""The life cycle of annotation sets: their transitions, and which sets are finished, measured and exported.

    open ──submit──► submitted ──close──► adjudicated
         ◄─reopen──            ◄─return──
         ──free───► unfinished
         ◄─resume─

An annotator submits and reopens. Submitting on the page of the editor can be undone for ten seconds: until then the set
is *pending*. It takes no changes and its annotator goes on to the next document, but its state is open, so that counts,
queues, feedback and exports see the submit only afterwards (`complete_submits`).

A lead sends a submitted set back, which reopens it too. A set whose slot was freed for another annotator is kept as
unfinished; it takes no changes and never counts, unless its annotator resumes it. Adjudicating a document closes the
submitted sets of its annotators and completes the adjudicated set; a set that its annotator has not submitted stays
open and counts nowhere. Imported sets and those of models are finished from the start. Every other module asks here
which sets it may use.

Two columns take a set out of everything at once, whatever its state: `is_excluded`, kept by `exclusions`, and
`awaits_review`, for projects in which submitted work counts once a lead has approved it. A set whose `purpose` is to
check or to train its annotator is assigned, edited and submitted like any other, and is never counted as data.

One person counts once. Of the sets over a document that belong to one member, by their account or by an outside name
that is linked to them (`annotator.corpus.identities`), the member's own one counts when it is finished, else the newest
of the others.

The conditions are `Q` objects; `prefix` is the path to the annotation set, as in `"annotation_sets__"`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetPurpose, SetState
from annotator.corpus.spans.problems import AlreadyAdjudicated, NotSubmitted, SetClosed, SetNotFound
from annotator.platform.prepared import Parameter, PreparedQuery
from projects.models import Project

FINISHED_STATES = (SetState.SUBMITTED, SetState.ADJUDICATED)
INDEPENDENT_KINDS = (SetKind.ANNOTATOR, SetKind.IMPORTED)
"""Kinds of sets made without knowledge of the others: neither adjudicated nor made by a model."""
STATES_AT_IMPORT = {
    SetKind.IMPORTED: SetState.SUBMITTED,
    SetKind.ADJUDICATED: SetState.ADJUDICATED,
    SetKind.MODEL: SetState.SUBMITTED,
}
UNDO_TIME = timedelta(seconds=12)
"""How long a submit is pending: the page offers to undo it for ten seconds, and a request takes some time."""
_COLUMNS = ("state", "submitted_at", "submits_at", "revision", "awaits_review")
_TESTS = (SetPurpose.PRACTICE, SetPurpose.QUALIFICATION)
"""Purposes whose feedback shows the adjudicated set: their sets are not changed after it."""


def annotator_sets(prefix: str = "") -> Q:
    """Return the condition for sets that annotators make on this site."""
    return Q(**{f"{prefix}kind": SetKind.ANNOTATOR})


def included(prefix: str = "") -> Q:
    """Return the condition for sets that no exclusion covers: every condition of sets that are used contains it."""
    return Q(**{f"{prefix}is_excluded": False})


def data_sets(prefix: str = "") -> Q:
    """Return the condition for sets that are data: not for practice, qualification or a gold check."""
    return Q(**{f"{prefix}purpose": SetPurpose.DATA})


def excluded_sets(prefix: str = "") -> Q:
    """Return the condition for sets that an exclusion covers, of those that would be measured and exported."""
    return Q(**{f"{prefix}is_excluded": True}) & data_sets(prefix) & _exported(prefix)


def sets_to_review(prefix: str = "") -> Q:
    """Return the condition for submitted sets that wait for the approval of a lead."""
    return annotator_sets(prefix) & included(prefix) & data_sets(prefix) & Q(**{f"{prefix}awaits_review": True})


def open_sets(prefix: str = "") -> Q:
    """Return the condition for annotators' sets that take changes, untouched ones included."""
    return unsubmitted_sets(prefix) & Q(**{f"{prefix}submits_at": None})


def unsubmitted_sets(prefix: str = "") -> Q:
    """Return the condition for annotators' sets that are open, or whose submit can still be undone."""
    return annotator_sets(prefix) & included(prefix) & Q(**{f"{prefix}state": SetState.OPEN})


def freed_sets(prefix: str = "") -> Q:
    """Return the condition for annotators' sets whose slots were freed before they were submitted."""
    return annotator_sets(prefix) & included(prefix) & Q(**{f"{prefix}state": SetState.UNFINISHED})


def unfinished_sets(prefix: str = "") -> Q:
    """Return the condition for annotators' sets that hold changes and are not submitted."""
    return (unsubmitted_sets(prefix) | freed_sets(prefix)) & Q(**{f"{prefix}revision__gt": 0})


def submitted_sets(prefix: str = "") -> Q:
    """Return the condition for annotators' sets that are submitted, also while they wait for approval."""
    is_submitted = Q(**{f"{prefix}state__in": FINISHED_STATES})
    return annotator_sets(prefix) & included(prefix) & data_sets(prefix) & is_submitted


def finished_sets(prefix: str = "") -> Q:
    """Return the condition for annotators' sets that are submitted, or closed by adjudication since, and count."""
    return submitted_sets(prefix) & Q(**{f"{prefix}awaits_review": False})


def closed_sets(prefix: str = "") -> Q:
    """Return the condition for annotators' sets that adjudication has closed."""
    return Q(**{f"{prefix}kind": SetKind.ANNOTATOR, f"{prefix}state": SetState.ADJUDICATED})


def gold_sets(prefix: str = "") -> Q:
    """Return the condition for adjudicated sets that are complete; an adjudication in progress has an open one."""
    return included(prefix) & Q(**{f"{prefix}kind": SetKind.ADJUDICATED, f"{prefix}state": SetState.ADJUDICATED})


def sets_for_agreement(prefix: str = "") -> Q:
    """Return the condition for sets that agreement is measured on: finished sets of annotators, and imported sets.

    Open sets do not count. Neither do adjudicated sets and those of models: they are not independent of the others.
    """
    counting = finished_sets(prefix) | (included(prefix) & Q(**{f"{prefix}kind": SetKind.IMPORTED}))
    return counting & one_of_person(prefix)


def one_of_person(prefix: str = "") -> Q:
    """Return the condition for sets beside which no other set of the same person counts."""
    counting = finished_sets() | (included() & Q(kind=SetKind.IMPORTED))
    others = AnnotationSet.objects.filter(counting, document=OuterRef(f"{prefix}document"))
    own = Q(annotator=OuterRef(f"{prefix}member"))
    newer = Q(member=OuterRef(f"{prefix}member"), annotator=None, pk__gt=OuterRef(f"{prefix}pk"))
    # First the cheap condition, which nearly all sets meet.
    return Q(**{f"{prefix}member": None}) | ~Q(Exists(others.filter(own | newer)))


def model_sets(prefix: str = "") -> Q:
    """Return the condition for sets of models, which are exported only when they are asked for."""
    return Q(**{f"{prefix}kind": SetKind.MODEL})


def exported_sets(prefix: str = "") -> Q:
    """Return the condition for sets that are exported and released: everything that is not in progress or excluded."""
    counts = included(prefix) & data_sets(prefix) & _exported(prefix) & Q(**{f"{prefix}awaits_review": False})
    return counts & one_of_person(prefix)


def checking_sets(prefix: str = "") -> Q:
    """Return the condition for submitted sets that check or train their annotators: no data, whatever reads them."""
    submitted = Q(**{f"{prefix}state__in": FINISHED_STATES})
    return annotator_sets(prefix) & included(prefix) & ~data_sets(prefix) & submitted


def _exported(prefix: str) -> Q:
    always = Q(**{f"{prefix}kind__in": (SetKind.IMPORTED, SetKind.MODEL)})
    return always | Q(**{f"{prefix}state__in": FINISHED_STATES})


def few_sets_of(project: Project, condition: Q) -> QuerySet[AnnotationSet]:
    """Return the sets of a project that meet a condition for which there is an index of few sets.

    The project is looked up for each of these. With a join, SQLite begins with all documents of the project while the
    index has no set, because it keeps no statistics of empty ones.
    """
    project_of = Document.objects.filter(pk=OuterRef("document")).order_by().values("project")[:1]
    return AnnotationSet.objects.filter(condition).alias(of=Subquery(project_of)).filter(of=project.pk)


def sets_that_end_assignment() -> QuerySet[AnnotationSet]:
    """Return sets that keep a document (the outer query) from being assigned to further annotators.

    Adjudication has closed an annotator's set, or the document got its adjudicated set after it was imported. A gold
    set that was imported along with its document does not end its annotation.
    """
    gold = gold_sets() & Q(created_at__gt=OuterRef("created_at"))
    return AnnotationSet.objects.filter(closed_sets() | gold, document=OuterRef("pk"))


def _build_adjudicated() -> QuerySet[Document, tuple[int]]:
    documents = Document.objects.filter(Exists(sets_that_end_assignment()), pk=Parameter("document"))
    return documents.order_by().values_list("pk")


_adjudicated = PreparedQuery(_build_adjudicated)


def is_adjudicated(document: Document) -> bool:
    """Whether a document is not assigned to further annotators because it is adjudicated."""
    return _adjudicated.first(document=document.pk) is not None


def _build_locked_set() -> QuerySet[AnnotationSet]:
    heads = AnnotationSet.objects.select_for_update().only(
        "revision", "state", "kind", "purpose", "document_id", "submits_at"
    )
    return heads.filter(pk=Parameter("set")).order_by("id")


_locked_set = PreparedQuery(_build_locked_set)


def lock(annotation_set: AnnotationSet) -> AnnotationSet:
    """Read the state and revision of a set, and keep others from changing them until the transaction ends.

    SQLite has no row locks; there the transaction itself, immediate, keeps all other writers out. Raises `SetNotFound`
    when the set was deleted since it was read, as when its document is withdrawn at the same moment.
    """
    head = _locked_set.first(set=annotation_set.pk)
    if head is None:
        raise SetNotFound(annotation_set.pk, reason=_("This document was withdrawn from you at this moment."))
    return head


def check_open(head: AnnotationSet) -> None:
    """Raise `SetClosed` unless a set takes changes."""
    if not head.is_open:
        if head.shown_state == SetState.SUBMITTED:
            detail = _("Not saved: the annotation set is submitted. Reopen it first.")
        elif head.state == SetState.UNFINISHED:
            detail = _(
                "Not saved: your slot on this document was freed. Resume the document under “My documents” first."
            )
        else:
            detail = _("Not saved: the document has been adjudicated.")
        raise SetClosed(detail, state=head.shown_state)


def submit(annotation_set: AnnotationSet, *, now: datetime, undoable: bool = False) -> AnnotationSet:
    """Submit an open set; a set that is submitted already stays as it is.

    With `undoable` the submit takes effect after `UNDO_TIME`; without it, a pending one takes effect at once.

    Raises `AlreadyAdjudicated` when adjudication has closed it.
    """
    with transaction.atomic():
        head = lock(annotation_set)
        _check_not_closed(head)
        _check_not_freed(head)
        if head.is_open and undoable:
            AnnotationSet.objects.filter(pk=head.pk).update(submits_at=now + UNDO_TIME)
        elif head.state == SetState.OPEN and not undoable:
            _complete_submit(head, at=now)
    annotation_set.refresh_from_db(fields=_COLUMNS)
    return annotation_set


def complete_submits(*, now: datetime) -> int:
    """Let submits take effect that can no longer be undone, and return their number."""
    # In the order of their index: in that of their keys, the database would read all sets.
    return sum(_complete_due(key, now=now) for (key,) in _due.all(now=now))


_due = PreparedQuery(
    lambda: (
        AnnotationSet.objects.filter(state=SetState.OPEN, submits_at__lte=Parameter("now", DateTimeField()))
        .order_by("submits_at", "id")
        .values_list("pk")
    )
)


def _complete_due(set_id: int, *, now: datetime) -> bool:
    with transaction.atomic():
        head = _locked_set.first(set=set_id)
        if head is None or head.state != SetState.OPEN or head.submits_at is None or head.submits_at > now:
            return False  # undone, or completed, since it was read
        _complete_submit(head, at=head.submits_at)
        return True


def _complete_submit(head: AnnotationSet, *, at: datetime) -> None:
    reviewed = Document.objects.filter(pk=head.document_id, project__review_required=True)
    review = head.purpose == SetPurpose.DATA and reviewed.exists()
    _move([head.pk], SetState.SUBMITTED, submitted_at=at, awaits_review=review)


def reopen(annotation_set: AnnotationSet) -> AnnotationSet:
    """Open a submitted set again, or undo a submit that is pending.

    Raises `AlreadyAdjudicated` when adjudication has closed it, and for practice and qualification.
    """
    with transaction.atomic():
        head = lock(annotation_set)
        _check_not_closed(head)
        if head.purpose in _TESTS and head.state != SetState.OPEN:
            raise AlreadyAdjudicated(_("This document was compared with adjudicated annotations and stays submitted."))
        _check_not_freed(head)
        _move([head.pk], SetState.OPEN, submitted_at=None)
    annotation_set.refresh_from_db(fields=_COLUMNS)
    return annotation_set


def _check_not_closed(head: AnnotationSet) -> None:
    if head.state == SetState.ADJUDICATED:
        raise AlreadyAdjudicated(_("The document has been adjudicated; its annotation sets can no longer be changed."))


def _check_not_freed(head: AnnotationSet) -> None:
    if head.state == SetState.UNFINISHED:
        detail = _("Your slot on this document was freed. Resume the document under “My documents” first.")
        raise SetClosed(detail, state=head.state)


def approve(annotation_set: AnnotationSet) -> AnnotationSet:
    """Let a submitted set count that waits for review; a set that counts already stays as it is.

    Raises `NotSubmitted` when its annotator has reopened it.
    """
    with transaction.atomic():
        head = lock(annotation_set)
        if head.state not in FINISHED_STATES:
            raise NotSubmitted(_("The annotation set “%(name)s” is not submitted.") % {"name": annotation_set.name})
        AnnotationSet.objects.filter(pk=head.pk).update(awaits_review=False, is_tallied=False)
    annotation_set.refresh_from_db(fields=_COLUMNS)
    return annotation_set


def free(annotation_set: AnnotationSet) -> bool:
    """Mark an open set as unfinished, so that it takes no changes; return whether it was open.

    The caller opens the transaction.
    """
    head = lock(annotation_set)
    if head.is_open:
        _move([head.pk], SetState.UNFINISHED, submitted_at=None)
    return head.is_open


def resume(annotation_set: AnnotationSet) -> None:
    """Open an unfinished set again; the caller has made sure of a slot and opens the transaction."""
    if lock(annotation_set).state == SetState.UNFINISHED:
        _move([annotation_set.pk], SetState.OPEN, submitted_at=None)


def _move(
    set_ids: Iterable[int], state: SetState, *, submitted_at: datetime | None, awaits_review: bool = False
) -> None:
    sets = AnnotationSet.objects.filter(pk__in=list(set_ids))
    sets.update(state=state, submitted_at=submitted_at, submits_at=None, awaits_review=awaits_review, is_tallied=False)


def close_submitted(sets: QuerySet[AnnotationSet]) -> None:
    """Close those of the given sets that annotators have submitted: their documents are adjudicated.

    A set that is not submitted stays open. The caller opens the transaction.
    """
    submitted = sets.filter(included(), kind=SetKind.ANNOTATOR, state=SetState.SUBMITTED)
    submitted.update(state=SetState.ADJUDICATED, is_tallied=False)


def complete_adjudication(adjudicated: AnnotationSet, *, sources: Collection[int], now: datetime) -> None:
    """Complete an adjudicated set, and close the submitted sets of annotators (by key) that it was made from.

    The caller opens the transaction.
    """
    _move([adjudicated.pk], SetState.ADJUDICATED, submitted_at=now)
    close_submitted(AnnotationSet.objects.filter(pk__in=sources))
    adjudicated.refresh_from_db(fields=_COLUMNS)


def reopen_adjudication(adjudicated: AnnotationSet, *, sources: Collection[int]) -> None:
    """Open an adjudicated set again, and return the sets that it was made from and that were closed to submitted.

    The caller opens the transaction.
    """
    _move([adjudicated.pk], SetState.OPEN, submitted_at=None)
    AnnotationSet.objects.filter(closed_sets(), pk__in=sources).update(state=SetState.SUBMITTED, is_tallied=False)
    adjudicated.refresh_from_db(fields=_COLUMNS)
