"""Copies of the plans of projects in the memory of a process, brought up to date whenever they are asked for.

A copy may have too many free documents: that a slot was taken is seen when the first documents are looked at. It never
lacks any: whatever frees a slot or changes how documents are planned leaves a `QueueChange`, and new documents have
higher positions than all others.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotator.platform.bulk_rows import driver_rows
from annotator.platform.prepared import Parameter, PreparedQuery, in_list
from annotator.workload.assignments.models import DocumentPlan, QueueChange
from annotator.workload.assignments.plan_table import NO_ROUND, Keys, Plans, Scope, free_plans, plans_of, replaced
from projects.models import Project

MOST_COPIES = 16
FEW_FREE, MOST_SCOPES = 4, 50
"""Free plans are kept for a scope when they are at most one in four: the others would be passed over each time."""
MOST_CHANGES, MOST_UNSETTLED = 1_000, 10_000
"""A copy that lacks more changes is read again."""
SLOWEST_CHANGE = timedelta(minutes=10)
"""Transactions that began in another order than they end, as on PostgreSQL, are noticed within this time."""
LONGEST_IDLE = 3_600.0
"""Seconds. A copy that no one asked for is read again, as changes may have been deleted since."""
LONGEST_LEFT_OUT = 600.0
"""Seconds. Not everything that makes a document one for its annotator again leaves a change."""


@dataclass
class LeftOut:
    """Documents that came first in the order of an annotator and were not for them, since a moment."""

    documents: Keys
    since: float


@dataclass
class PlanCopy:
    """The plans of a project as they were last read; threads replace `plans` and never change it."""

    plans: Plans
    settled: int
    applied: frozenset[int]
    used_at: float
    left_out: dict[int, LeftOut] = field(default_factory=dict)
    free: dict[Scope, Plans] = field(default_factory=dict)
    """Those of the plans that are free in a scope, where they are few."""

    def plans_for(self, scope: Scope) -> Plans:
        """Return plans among which are all that are free in a scope."""
        with guard:
            free = self.free.get(scope)
            if free is None:
                free = free_plans(self.plans, scope)
                if len(free) > len(self.plans) // FEW_FREE:
                    return self.plans
                self.free[scope] = free
                while len(self.free) > MOST_SCOPES:
                    self.free.pop(next(iter(self.free)))
            return free

    def replace(self, changed: Plans, *, deleted: Sequence[int]) -> None:
        """Take over how plans are now."""
        self.plans = replaced(self.plans, changed, deleted=deleted)
        for scope, free in self.free.items():
            self.free[scope] = free_plans(replaced(free, changed, deleted=deleted), scope)


_copies: OrderedDict[tuple[int, datetime], PlanCopy] = OrderedDict()
guard = threading.RLock()
"""Held from reading plans until they are stored in a copy: what a thread reads must not replace what is newer."""

_changes = PreparedQuery(
    lambda: (
        QueueChange.objects.filter(project=Parameter("project"), id__gt=Parameter("settled"))
        .order_by("-id")
        .values_list("id", "document_key", "created_at")[: MOST_UNSETTLED + 1]
    )
)
_new_plans = PreparedQuery(
    lambda: _columns(DocumentPlan.objects.filter(project=Parameter("project"), position__gt=Parameter("position")))
)
Change = tuple[int, int | None, datetime]


def _columns(plans: QuerySet[DocumentPlan]) -> QuerySet[DocumentPlan, tuple[Any, ...]]:
    rounds = Coalesce("round_id", NO_ROUND)
    columns = ("document_id", rounds, "shuffle_key", "position", "priority", "taken", "is_reserved")
    # By position, for which there is an index.
    return plans.order_by("position", "document_id").values_list(*columns)


def plan_copy(project: Project) -> PlanCopy:
    """Return the copy of the plans of a project, with all changes until now."""
    key, now = (project.pk, project.created_at), time.monotonic()
    with guard:
        copy = _copies.get(key)
        if copy is None or now - copy.used_at > LONGEST_IDLE or not _update(project, copy):
            copy = _copies[key] = _read(project)
        copy.used_at = now
        _copies.move_to_end(key)
        while len(_copies) > MOST_COPIES:
            _copies.popitem(last=False)
    return copy


def forget_copies() -> None:
    """Forget all copies."""
    _copies.clear()


def note_plans(copy: PlanCopy, rows: Sequence[Sequence[Any]], *, deleted: Sequence[int] = ()) -> None:
    """Store in a copy how plans are now; hold `guard` while they are read and stored."""
    if rows or deleted:
        copy.replace(plans_of(rows), deleted=deleted)


def left_out_documents(copy: PlanCopy, user_id: int) -> Keys:
    """Return the documents that are passed over for a user, as far as that was found out lately."""
    known = copy.left_out.get(user_id)
    if known is None or time.monotonic() - known.since > LONGEST_LEFT_OUT:
        copy.left_out.pop(user_id, None)
        return np.empty(0, dtype=np.int64)
    return known.documents


def forget_left_out(copy: PlanCopy, user_id: int) -> bool:
    """Forget what is passed over for a user; return whether there was anything."""
    return copy.left_out.pop(user_id, None) is not None


def note_left_out(copy: PlanCopy, user_id: int, documents: Iterable[int]) -> None:
    """Store which documents are not for a user, so that they are not looked at with every request."""
    more = np.array(list(documents), dtype=np.int64)
    with guard:
        known = copy.left_out.get(user_id) or LeftOut(more, time.monotonic())
        copy.left_out[user_id] = LeftOut(np.union1d(known.documents, more), known.since)


def _read(project: Project) -> PlanCopy:
    # What is committed between the two queries is read with the plans, and applied again with the next request.
    changes = _changes.all(project=project.pk, settled=0)
    rows = driver_rows(_columns(DocumentPlan.objects.filter(project=project)))
    settled, applied = _numbers(changes, 0)
    return PlanCopy(plans_of(rows), settled, applied, time.monotonic())


def _update(project: Project, copy: PlanCopy) -> bool:
    """Apply the changes since the last time; return False when the plans must be read again."""
    changes: list[Change] = _changes.all(project=project.pk, settled=copy.settled)
    fresh = [document for number, document, _at in changes if number not in copy.applied]
    if len(changes) > MOST_UNSETTLED or len(fresh) > MOST_CHANGES or None in fresh:
        return False
    last = int(copy.plans["position"].max()) if len(copy.plans) else -1
    rows = _new_plans.all(project=project.pk, position=last)
    if fresh:
        keys = [key for key in fresh if key is not None]
        rows += driver_rows(_columns(DocumentPlan.objects.filter(document__in=in_list(keys))))
        for user_id, known in list(copy.left_out.items()):
            copy.left_out[user_id] = LeftOut(np.setdiff1d(known.documents, keys), known.since)
    note_plans(copy, list({row[0]: row for row in rows}.values()))
    copy.settled, copy.applied = _numbers(changes, copy.settled)
    return True


def _numbers(changes: Sequence[Change], settled: int) -> tuple[int, frozenset[int]]:
    """Return the number up to which no further change is expected, and the applied ones above it."""
    settled_at = timezone.now() - SLOWEST_CHANGE
    settled = max((number for number, _document, at in changes if at < settled_at), default=settled)
    return settled, frozenset(number for number, _document, _at in changes if number > settled)
