"""Documents that were annotated without suggestions come first in the split “test”. Pure.

A test set that annotators made with suggestions measures, in part, how well a model repeats what was suggested. The
plan keeps the size of each split: a blind document takes the place of another one of the test split, which moves to the
split that the blind document had.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from annotator.datasets.splits.requests import SplitPlan

TEST = "test"
Unit = tuple[str, ...]


def with_blind_test(plan: SplitPlan, blind: Collection[str], earlier: Collection[str] = ()) -> SplitPlan:
    """Return the plan with blind documents in the test split as far as its size allows.

    Documents that stay together move together; a group counts as blind when all of its documents are. Documents of an
    `earlier` plan do not move.
    """
    grouped = {name for group in plan.groups for name in group.members}
    units: list[Unit] = [group.members for group in plan.groups]
    units += [(name,) for name in plan.split_of if name not in grouped]
    free = [unit for unit in sorted(units, key=lambda unit: _order(unit, plan.salt)) if not set(unit) & set(earlier)]
    arriving = [unit for unit in free if plan.split_of[unit[0]] != TEST and set(unit) <= set(blind)]
    leaving = [unit for unit in free if plan.split_of[unit[0]] == TEST and not set(unit) <= set(blind)]
    moves: dict[str, str] = {}
    for incoming, outgoing in _swaps(arriving, leaving):
        moves.update(dict.fromkeys(outgoing, plan.split_of[incoming[0]]))
        moves.update(dict.fromkeys(incoming, TEST))
    split_of = {name: moves.get(name, split) for name, split in plan.split_of.items()}
    return replace(plan, split_of=split_of, blind=tuple(sorted(blind)))


def _swaps(arriving: Sequence[Unit], leaving: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """Return which unit takes the place of which: units of the same size, so that no split changes its size."""
    by_size: dict[int, list[Unit]] = {}
    for unit in leaving:
        by_size.setdefault(len(unit), []).append(unit)
    swaps: list[tuple[Unit, Unit]] = []
    taken: Counter[int] = Counter()
    for unit in arriving:
        same = by_size.get(len(unit), [])
        if taken[len(unit)] < len(same):
            swaps.append((unit, same[taken[len(unit)]]))
            taken[len(unit)] += 1
    return swaps


def _order(unit: Unit, salt: str) -> tuple[bytes, Unit]:
    """Return the place of a unit in the order in which units move, which depends on its first document alone."""
    return blake2b(f"{salt}\0{unit[0]}".encode(), digest_size=8).digest(), unit


def blind_counts(split_of: Mapping[str, str], blind: Collection[str]) -> dict[str, int]:
    """Return how many blind documents each split has; splits without one are left out."""
    return dict(sorted(Counter(split_of[name] for name in blind if name in split_of).items()))
