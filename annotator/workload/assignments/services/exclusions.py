"""Excluding work, with its slots."""

from datetime import datetime

from django.db import transaction

from annotator.corpus.spans import exclusions
from annotator.corpus.spans.models import Exclusion
from annotator.platform.accounts.models import User
from annotator.workload.assignments.services.plans import note_queue_change
from annotator.workload.assignments.services.slots import update_slots
from projects.models import Project


@transaction.atomic
def exclude_work(
    project: Project, target: exclusions.Target, *, reason: str, by: User | None, now: datetime
) -> Exclusion:
    """Leave out a set, a document or a person's work, and free the slots for other annotators.

    Raises as `annotator.corpus.spans.exclusions.exclude`.
    """
    exclusion = exclusions.exclude(project, target, reason=reason, by=by, now=now)
    update_slots(exclusions.affected_sets(exclusion))
    return exclusion


@transaction.atomic
def lift_exclusion(exclusion: Exclusion, *, by: User | None, now: datetime) -> int:
    """Use excluded work again; return how many sets count without a slot, because others have taken it since."""
    exclusions.lift(exclusion, by=by, now=now)
    note_queue_change(exclusion.project_id)
    return update_slots(exclusions.affected_sets(exclusion))
