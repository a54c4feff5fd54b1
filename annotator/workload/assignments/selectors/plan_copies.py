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
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotator.platform.bulk_rows import driver_rows
from annotator.platform.prepared import Parameter, PreparedQuery, among, in_list, many
from annotator.workload.assignments.models import DocumentPlan, QueueChange
from annotator.workload.assignments.plan_table import (
    NO_ROUND,
    Keys,
    Plans,
    Scope,
    free_plans,
    plans_of,
    replaced,
    take_known_slots,
    take_slots,
)
from projects.models import Project

MOST_COPIES = 16
FEW_FREE, MOST_SCOPES = 4, 50
"""Free plans are kept for a scope when they are at most one in four: the others would be passed over each time."""
MOST_CHANGES, MOST_UNSETTLED = 1_000, 10_000
"""A copy that lacks more changes is read again."""
SLOWEST_CHANGE = timedelta(minutes=10)
"""PostgreSQL: transactions that began in another order than they end are noticed within this time. SQLite has one at a
time, so that a change with a lower number never comes later."""
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
    """The plans of a project as they were last read; threads replace `plans`, and change in it only how many are taken.

    The number of taken slots in place, because it changes with each document that is assigned.
    """

    plans: Plans
    settled: int
    applied: dict[int, datetime]
    """The changes above `settled` that were applied, with their times: they are not read again."""
    used_at: float
    left_out: dict[int, LeftOut] = field(default_factory=dict)
    free: dict[Scope, Plans] = field(default_factory=dict)
    """Those of the plans that are free in a scope, where they are few."""
    _last_position: int | None = None

    @property
    def last_position(self) -> int:
        """The highest position of a document; -1 without any."""
        if self._last_position is None:
            self._last_position = int(self.plans["position"].max(initial=-1))
        return self._last_position

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
        if not deleted and take_slots(self.plans, changed):
            for free in self.free.values():
                take_known_slots(free, changed)
            return
        self._last_position = None
        self.plans = replaced(self.plans, changed, deleted=deleted)
        for scope, free in self.free.items():
            self.free[scope] = free_plans(replaced(free, changed, deleted=deleted), scope)


_copies: OrderedDict[tuple[int, datetime], PlanCopy] = OrderedDict()
guard = threading.RLock()
"""Held from reading plans until they are stored in a copy: what a thread reads must not replace what is newer."""

_changes = PreparedQuery(
    lambda: (
        QueueChange.objects.filter(project=Parameter("project"), id__gt=Parameter("settled"))
        .exclude(id__in=among("applied", "bigint"))
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
    changes = _changes.all(project=project.pk, settled=0, applied=many([]))
    rows = driver_rows(_columns(DocumentPlan.objects.filter(project=project)))
    copy = PlanCopy(plans_of(rows), 0, {}, time.monotonic())
    _note_applied(copy, changes)
    return copy


def _update(project: Project, copy: PlanCopy) -> bool:
    """Apply the changes since the last time; return False when the plans must be read again."""
    applied = many(list(copy.applied))
    changes: list[Change] = _changes.all(project=project.pk, settled=copy.settled, applied=applied)
    fresh = [document for _number, document, _at in changes]
    if len(copy.applied) > MOST_UNSETTLED or len(fresh) > MOST_CHANGES or None in fresh:
        return False
    rows = _new_plans.all(project=project.pk, position=copy.last_position)
    if fresh:
        keys = [key for key in fresh if key is not None]
        rows += driver_rows(_columns(DocumentPlan.objects.filter(document__in=in_list(keys))))
        for user_id, known in list(copy.left_out.items()):
            copy.left_out[user_id] = LeftOut(np.setdiff1d(known.documents, keys), known.since)
    note_plans(copy, list({row[0]: row for row in rows}.values()))
    _note_applied(copy, changes)
    return True


def _note_applied(copy: PlanCopy, changes: Sequence[Change]) -> None:
    """Note that changes were applied, and up to which number no further one is expected."""
    applied = copy.applied | {number: at for number, _document, at in changes}
    settled_at = None if connection.vendor == "sqlite" else timezone.now() - SLOWEST_CHANGE
    settled = (number for number, at in applied.items() if settled_at is None or at < settled_at)
    copy.settled = max(settled, default=copy.settled)
    copy.applied = {number: at for number, at in applied.items() if number > copy.settled}
