"""The plans of a project's documents as one array, from which the first documents of any annotator's order are taken.

A database would compute and sort the ranks of all free documents for every request: they are different for each
annotator. Pure.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from annotator.corpus.documents.ordering import PRIME, AnnotatorOrder

NO_ROUND = 0
PLAN = np.dtype(
    [
        ("document", np.int64), ("round", np.int64), ("shuffle_key", np.int32), ("position", np.int32),
        ("priority", np.int16), ("taken", np.int16), ("is_reserved", np.bool_),
    ],
    align=True,
)  # fmt: skip
Plans = npt.NDArray[np.void]
Keys = npt.NDArray[np.int64]


class Scope(NamedTuple):
    """Which documents are free: those of a round, `NO_ROUND` for no round, with fewer than `limit` slots taken."""

    round: int
    limit: int


def plans_of(rows: Sequence[Sequence[Any]]) -> Plans:
    """Return rows with the columns of `PLAN` as an array, sorted by document."""
    plans = np.array([tuple(row) for row in rows], dtype=PLAN)
    return plans[np.argsort(plans["document"], kind="stable")]


def replaced(plans: Plans, changed: Plans, *, deleted: Sequence[int] = ()) -> Plans:
    """Return plans with changed and new ones in place of those of the same documents, and without deleted ones."""
    places, is_known = _places(plans, changed)
    result = plans.copy()
    result[places[is_known]] = changed[is_known]
    if deleted:
        result = result[~np.isin(result["document"], np.array(deleted, dtype=np.int64))]
    if not is_known.all():
        result = np.concatenate([result, changed[~is_known]])
        result = result[np.argsort(result["document"], kind="stable")]
    return result


def take_slots(plans: Plans, changed: Plans) -> bool:
    """Store in place how many slots are taken; return False, with nothing changed, when anything else differs.

    It changes with each document that is assigned, and copying 100,000 plans takes a millisecond. A thread that
    reads the plans at the same moment sees the number before or after, and so never fewer taken slots than before.
    """
    places, is_known = _places(plans, changed)
    before = plans[places[is_known]]
    if not is_known.all() or (before["taken"] > changed["taken"]).any():
        return False
    before["taken"] = changed["taken"]
    if (before != changed).any():
        return False
    plans["taken"][places] = changed["taken"]
    return True


def take_known_slots(plans: Plans, changed: Plans) -> None:
    """Store in place how many slots are taken of those documents that are among the plans."""
    places, is_known = _places(plans, changed)
    plans["taken"][places[is_known]] = changed["taken"][is_known]


def _places(plans: Plans, changed: Plans) -> tuple[Keys, npt.NDArray[np.bool_]]:
    """Return where documents are among the plans or would be, and whether they are."""
    places = np.searchsorted(plans["document"], changed["document"])
    is_known = np.zeros(len(changed), dtype=np.bool_)
    if len(plans):
        is_known = plans["document"][np.minimum(places, len(plans) - 1)] == changed["document"]
    return places, is_known


def free_plans(plans: Plans, scope: Scope) -> Plans:
    """Return the plans of the free documents of a scope, in the same order."""
    is_free = (plans["round"] == scope.round) & (plans["taken"] < scope.limit) & ~plans["is_reserved"]
    return plans[np.flatnonzero(is_free)]


def first_documents(plans: Plans, scope: Scope, order: AnnotatorOrder | None, count: int) -> Keys:
    """Return up to `count` free documents, in the order of an annotator or, without one, of the import.

    Documents of higher priority come first; those with the same rank are in the order of the import.
    """
    free = free_plans(plans, scope)
    if not len(free):
        return np.empty(0, dtype=np.int64)
    if order is None:
        rank = free["position"].astype(np.int64)
    else:
        rank = (free["shuffle_key"].astype(np.int64) * order.multiplier + order.offset) % PRIME
    priority = free["priority"].astype(np.int64)
    place = (priority.max() - priority) * (PRIME + 1) + rank
    if len(free) > count:
        chosen = np.flatnonzero(place <= np.partition(place, count - 1)[count - 1])
        free, place = free[chosen], place[chosen]
    documents: Keys = free["document"][np.lexsort((free["document"], free["position"], place))]
    return documents[:count]
