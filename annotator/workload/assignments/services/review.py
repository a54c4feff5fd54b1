"""Review of submitted sets: sending them back with a note, and approving them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState
from annotator.corpus.spans.problems import NotSubmitted
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
from annotator.workload.assignments.models import ReturnedSet
from annotator.workload.assignments.problems import CannotAssign
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import role_in

LONGEST_NOTE = 2000


@transaction.atomic
def return_set(annotation_set: AnnotationSet, *, note: str, by: User, now: datetime) -> ReturnedSet:
    """Send a submitted set back to its annotator, who sees the note first.

    Raises `InvalidInput` without a note, `NotSubmitted`, `AlreadyAdjudicated`, and `CannotAssign` when the annotator
    may no longer annotate.
    """
    _check_note(note)
    if annotation_set.kind != SetKind.ANNOTATOR or annotation_set.state == SetState.OPEN:
        raise NotSubmitted(_("The annotation set “%(name)s” is not submitted.") % {"name": annotation_set.name})
    user = annotation_set.annotator
    role = None if user is None else role_in(annotation_set.document.project, user)
    if user is None or not user.is_active or role is None or not can(role, Capability.ANNOTATE):
        detail = _("Not returned: %(name)s may no longer annotate in this project.")
        raise CannotAssign(detail % {"name": annotation_set.name})
    lifecycle.reopen(annotation_set)
    return ReturnedSet.objects.create(annotation_set=annotation_set, note=note.strip(), returned_by=by, returned_at=now)


def approve(annotation_set: AnnotationSet) -> AnnotationSet:
    """Let a submitted set count; raises `NotSubmitted` when its annotator has reopened it."""
    return lifecycle.approve(annotation_set)


def mark_seen(project: Project, user: User, *, now: datetime) -> None:
    """Remember that an annotator has seen the notes of the sets that were returned to them."""
    unseen = ReturnedSet.objects.filter(
        annotation_set__annotator=user, annotation_set__document__project=project, seen_at=None
    )
    unseen.update(seen_at=now)


def _check_note(note: str) -> None:
    detail = ""
    if not note.strip():
        detail = _("Write what the annotator should change.")
    elif len(note) > LONGEST_NOTE:
        detail = _("The note must have at most %(limit)s characters.") % {"limit": f"{LONGEST_NOTE:,}"}
    elif UNSTORABLE.search(note):
        detail = UNSTORABLE_TEXT
    if detail:
        raise InvalidInput(detail, errors=[{"pointer": "/note", "detail": detail}])
