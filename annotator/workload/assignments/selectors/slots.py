"""Slots that need a lead: held by people who left, or without a change for long; and skipped documents."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.spans import lifecycle
from annotator.platform.accounts.models import User
from annotator.platform.prepared import Parameter, PreparedQuery, number_of_rows
from annotator.problems import NotFound
from annotator.workload.assignments.models import Assignment, Skip, SkipReason
from projects.models import Membership, Project
from projects.roles import Capability, roles_that_can
from projects.selectors import projects_for

STUCK_AFTER = timedelta(days=14)
NOTICE = timedelta(days=3)
"""How long before a slot expires its annotator is notified."""


@dataclass(frozen=True, slots=True)
class SlotToFree:
    """An open assignment whose slot others may have, and why."""

    assignment: Assignment
    reason: str


@dataclass(frozen=True, slots=True)
class StuckSlot:
    """An open assignment of a person who left, or that has not changed for long; `expires_at` when it will be freed."""

    assignment: Assignment
    has_left: bool
    last_change: datetime
    expires_at: datetime | None


def slots_to_free(project: Project, *, now: datetime) -> list[SlotToFree]:
    """Return the slots of people who may no longer annotate, and those that have expired."""
    left = _open_slots(project).filter(~Exists(_annotating()))
    slots = [SlotToFree(row, _("%(name)s may no longer annotate here") % _name(row)) for row in left.order_by("id")]
    if project.slot_days:
        expired = _open_slots(project).filter(Exists(_annotating()), last_change__lt=now - _lifetime(project))
        days = ngettext("No change for %(days)s day", "No change for %(days)s days", project.slot_days)
        slots += [SlotToFree(row, days % {"days": project.slot_days}) for row in expired.order_by("id")]
    return slots


def stuck_slots(project: Project, *, now: datetime, most: int | None = None) -> list[StuckSlot]:
    """Return the slots of people who left, and those without a change for two weeks or half of what a lead has set.

    The longest unchanged come first; with `most`, at most so many.
    """
    stuck = _stuck(project.pk, _stuck_before(project, now)).order_by("last_change", "id")
    return [
        StuckSlot(row, not row.is_here, row.last_change, expires_at(project, row.last_change) if row.is_here else None)
        for row in (stuck if most is None else stuck[:most])
    ]


def count_stuck_slots(project: Project, *, now: datetime) -> int:
    """Return how many slots are stuck; asked for every page that a lead opens."""
    counted = _stuck_count.all(project=project.pk, before=_stuck_before(project, now))
    return int(counted[0][0])


def _stuck_before(project: Project, now: datetime) -> datetime:
    """Return the moment since which a slot must have changed."""
    return now - (min(STUCK_AFTER, _lifetime(project) / 2) if project.slot_days else STUCK_AFTER)


def _stuck(project: int | Parameter, before: datetime | Parameter) -> QuerySet[Any]:
    slots = _open_slots(project).annotate(is_here=Exists(_annotating()))
    stuck: QuerySet[Any] = slots.filter(Q(is_here=False) | Q(last_change__lt=before))
    return stuck


_stuck_count = PreparedQuery(
    lambda: _stuck(Parameter("project"), Parameter("before", DateTimeField())).values_list(number_of_rows())
)


def expires_at(project: Project, last_change: datetime) -> datetime | None:
    """Return when a slot expires that was last used at a moment; None when slots do not expire."""
    return last_change + _lifetime(project) if project.slot_days else None


def _lifetime(project: Project) -> timedelta:
    return timedelta(days=project.slot_days or 0)


def _open_slots(project: Project | int | Parameter) -> QuerySet[Any]:
    """Return the assignments with a slot whose sets are open, each with its `last_change`."""
    rows = Assignment.objects.filter(
        lifecycle.open_sets("annotation_set__"),
        annotation_set__submitted_at=None,
        document__project=project,
        slot__isnull=False,
    )
    related = rows.select_related("document__project", "annotation_set", "annotator").defer("document__text")
    return related.annotate(last_change=Greatest(F("created_at"), F("annotation_set__changed_at")))


def _annotating() -> QuerySet[Membership]:
    """Return the membership that lets the annotator of an assignment (the outer query) annotate."""
    roles = roles_that_can(Capability.ANNOTATE)
    members = Membership.objects.filter(project=OuterRef("document__project"), role__in=roles)
    return members.filter(user=OuterRef("annotator"), user__is_active=True)


def skips_of(project: Project) -> QuerySet[Skip]:
    """Return the documents that annotators skipped: those without a decision first, oldest first."""
    skips = Skip.objects.filter(document__project=project).exclude(reason=SkipReason.WITHDRAWN)
    related = skips.select_related("document", "annotator", "decided_by").defer("document__text")
    return related.order_by(F("decided_at").desc(nulls_first=True), "created_at", "id")


def get_skip(skip_id: int, *, user: User) -> Skip:
    """Return a skipped document of a project that a user manages."""
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    rows = Skip.objects.filter(pk=skip_id, document__project__in=managed).select_related("document__project")
    skip = rows.exclude(reason=SkipReason.WITHDRAWN).order_by("id").first()
    if skip is None:
        raise NotFound(
            _("There is no skipped document %(number)s, or you may not decide about it.") % {"number": skip_id}
        )
    return skip


def _name(assignment: Assignment) -> dict[str, str]:
    return {"name": assignment.annotator.get_username()}
