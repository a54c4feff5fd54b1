"""Skipping documents, and what leads decide about them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
from annotator.workload.assignments.models import Assignment, Skip, SkipDecision, SkipReason
from annotator.workload.assignments.problems import SkipDecided
from annotator.workload.assignments.services.exclusions import exclude_work
from annotator.workload.assignments.services.queue import assign
from annotator.workload.assignments.services.slots import free_slot

LONGEST_NOTE = 500


@transaction.atomic
def skip(assignment: Assignment, *, reason: SkipReason, note: str = "", now: datetime) -> Skip:
    """Give a document back that is not for its annotator: it is offered to others, and never again to them.

    A set with annotations is kept as unfinished. Raises `NotOpen` when it is submitted, and `InvalidInput` for another
    reason without a note.
    """
    detail = ""
    if reason == SkipReason.OTHER and not note.strip():
        detail = _("Write why you skip the document.")
    elif len(note) > LONGEST_NOTE:
        detail = _("The note must have at most %(limit)s characters.") % {"limit": LONGEST_NOTE}
    elif UNSTORABLE.search(note):
        detail = UNSTORABLE_TEXT
    if detail:
        raise InvalidInput(detail, errors=[{"pointer": "/note", "detail": detail}])
    document, annotator = assignment.document, assignment.annotator
    free_slot(assignment, reason=_("Skipped: %(reason)s") % {"reason": reason.label}, now=now)
    values = {"reason": reason, "note": note.strip(), "created_at": now, "decision": "", "decided_at": None}
    return Skip.objects.update_or_create(document=document, annotator=annotator, defaults=values)[0]


@transaction.atomic
def decide_skip(
    skipped: Skip, decision: SkipDecision, *, by: User, now: datetime, annotator: User | None = None
) -> Skip:
    """Decide about a skipped document: leave it to the others, exclude it, or assign it to `annotator`.

    Raises `SkipDecided` when another lead was faster, `InvalidInput` without an annotator to assign it to, and as the
    services for excluding and assigning.
    """
    undecided = Skip.objects.filter(pk=skipped.pk, decision="")
    if not undecided.update(decision=decision, decided_by=by, decided_at=now):
        raise SkipDecided(_("Another lead has decided about this document. Load the page again."))
    if decision == SkipDecision.EXCLUDED:
        reason = " ".join(
            filter(None, [_("Skipped: %(reason)s") % {"reason": skipped.get_reason_display()}, skipped.note])
        )
        exclude_work(skipped.document.project, skipped.document, reason=reason[:500], by=by, now=now)
    elif decision == SkipDecision.REASSIGNED:
        if annotator is None:
            detail = _("Choose the annotator to assign the document to.")
            raise InvalidInput(detail, errors=[{"pointer": "/annotator", "detail": detail}])
        assign(skipped.document, annotator, now=now)
    skipped.refresh_from_db()
    return skipped
