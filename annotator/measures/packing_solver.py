"""The way through a packing problem, from the parts that are solved at a glance to the hard ones (see `packing`)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from annotator.measures.packing import Packing
from annotator.measures.packing_bounds import Bound, bound_from, bound_of_packing, linear_prices, simple_bound
from annotator.measures.packing_search import pack_by_position, pack_by_programme, pack_few, pack_pairs
from annotator.measures.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Limits:
    """From where on another way is taken.

    `few` tuples of a part are looked through at once, `small` ones by a dynamic programme with at most `states` states;
    of more than two annotators, those with more than `large` go to the linear programme at once.
    Tuples within `near` of the prices of their units are packed first, to find a packing that is nearly the best.
    Every value gives the same sums; the defaults are quick.
    """

    few: int = 6
    small: int = 60
    large: int = 1_000
    states: int = 20_000
    near: float = 1.5


USUAL = Limits()
TOGETHER = 3_000


def heaviest_packing(
    problem: Packing, *, sides: IntArray | None, places: FloatArray, limits: Limits = USUAL
) -> BoolArray:
    """Return which tuples to take: the greatest sum of weights without a unit twice. Weights must be above 0.

    `sides` is 0 or 1 for every unit when all tuples are pairs across these two sides, None otherwise. `places` says
    where units are; it decides how quick this is, not what comes out.

    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem = Packing.of(3, [pairs])
    >>> heaviest_packing(problem, sides=None, places=np.arange(3.0)).tolist()
    [False, True]
    """
    solver = _Solver(problem, sides, places, limits, np.zeros(len(problem), dtype=np.bool_))
    rows, part = solver.settle_few(np.arange(len(problem)))
    vast = np.bincount(part)[part] > limits.large if sides is None else np.zeros(len(rows), dtype=np.bool_)
    parts = [rows[vast][places] for places in _by_part(part[vast])]
    if len(rows := rows[~vast]):
        rows, part = solver.settle_few(rows[simple_bound(problem.only(rows)).needed])
        parts += solver.settle_small([rows[places] for places in _by_part(part)])
    solver.settle_large(parts)
    return solver.chosen


@dataclass(frozen=True)
class _Solver:
    """Settles tuples by rows of `problem`; what is taken is marked in `chosen`."""

    problem: Packing
    sides: IntArray | None
    places: FloatArray
    limits: Limits
    chosen: BoolArray = field(repr=False)

    def settle_few(self, rows: IntArray) -> tuple[IntArray, IntArray]:
        """Solve the parts with few tuples; return the rows of the others, and their parts."""
        if not len(rows):
            return rows, rows
        parts, part = self.problem.only(rows).parts()
        counts = np.bincount(part, minlength=parts)
        order = np.argsort(part, kind="stable")
        first = np.cumsum(counts) - counts
        for size in range(1, self.limits.few + 1):
            alike = np.flatnonzero(counts == size)
            table = rows[order[first[alike, None] + np.arange(size)]]
            if len(table):
                self.chosen[table] = True if size == 1 else pack_few(self.problem, table)
        others = counts[part] > self.limits.few
        return rows[others], part[others]

    def settle_small(self, parts: list[IntArray]) -> list[IntArray]:
        """Solve the parts that are small enough for a dynamic programme; return the rows of each of the others."""
        left = [part for part in parts if len(part) > self.limits.small]
        small = [part for part in parts if len(part) <= self.limits.small]
        if not small:
            return left
        bounds = simple_bound(self.problem.only(np.concatenate(small)))
        ends = np.cumsum([len(part) for part in small])
        for part, end in zip(small, ends.tolist(), strict=True):
            if not self._settle_by_position(part, bounds.only(np.arange(end - len(part), end))):
                left.append(part)
        return left

    def settle_large(self, parts: list[IntArray]) -> None:
        """Solve large parts: by assignment for two annotators, otherwise by linear programmes and what they leave."""
        if self.sides is not None:
            for rows in parts:
                self.chosen[rows[pack_pairs(self.problem.only(rows), self.sides)]] = True
        elif parts:
            prices, shares = np.zeros(self.problem.units), np.zeros(len(self.problem))
            for rows in _gathered(parts):
                of_units, shares[rows] = linear_prices(self.problem.only(rows))
                prices += of_units
            part = np.repeat(np.arange(len(parts)), [len(rows) for rows in parts])
            self._settle_priced(np.concatenate(parts), part, prices, shares)

    def _settle_priced(self, rows: IntArray, part: IntArray, prices: FloatArray, shares: FloatArray) -> None:
        """Solve parts with the best prices: drop what they rule out as long as this helps, then solve the rest."""
        whole = self.problem.only(rows)
        short = whole.sum_by_tuple(prices) - whole.weights
        packed = self._packed_of_nearest(rows[short <= self.limits.near], prices, shares)
        bound = bound_of_packing(whole, prices, short, packed[rows], part)
        before = 2 * len(rows)
        while True:
            rows, bound = self._without_best(rows, bound)
            rows, part = self.settle_few(rows[bound.needed])
            if not len(rows):
                return
            bound = bound_from(self.problem.only(rows), prices, packed[rows].astype(np.float64), part)
            if len(rows) >= 0.8 * before:
                break
            before = len(rows)
        rows, bound = self._without_best(rows, bound)
        for places in _by_part(bound.part):
            if not self._settle_by_position(rows[places], bound.only(places)):
                self.chosen[rows[places][pack_by_programme(self.problem.only(rows[places]))]] = True

    def _packed_of_nearest(self, rows: IntArray, prices: FloatArray, shares: FloatArray) -> BoolArray:
        """Return the best packing of the tuples that are nearly worth their prices.

        These fall into small parts, and their packing is nearly the best of all, so that it rules out most others.
        """
        nearest = replace(self, chosen=np.zeros_like(self.chosen))
        left, part = nearest.settle_few(rows)
        if len(left):
            bound = bound_from(self.problem.only(left), prices, shares[left], part)
            left, bound = nearest._without_best(left, bound)  # noqa: SLF001 - its own class
            for places in _by_part(bound.part):
                if not nearest._settle_by_position(left[places], bound.only(places)):  # noqa: SLF001 - its own class
                    nearest.chosen[left[places]] = bound.packed[places]
        return nearest.chosen

    def _without_best(self, rows: IntArray, bound: Bound) -> tuple[IntArray, Bound]:
        """Take the packings that no other is better than; return rows and bound of the other parts."""
        self.chosen[rows[bound.packed & bound.is_best]] = True
        left = np.flatnonzero(~bound.is_best)
        return rows[left], bound.only(left)

    def _settle_by_position(self, rows: IntArray, bound: Bound) -> bool:
        part = self.problem.only(rows)
        found = pack_by_position(part, bound, self.places, most_states=self.limits.states)
        if found is not None:
            self.chosen[rows[found]] = True
        return found is not None


def _by_part(part: IntArray) -> list[IntArray]:
    """Return the places of every part that there is."""
    if not len(part):
        return []
    counts = np.bincount(part)
    return np.split(np.argsort(part, kind="stable"), np.cumsum(counts[counts > 0])[:-1])


def _gathered(parts: list[IntArray]) -> Iterator[IntArray]:
    """Yield parts in groups of some thousand tuples: starting a programme takes longer than solving a small one."""
    together: list[IntArray] = []
    for rows in parts:
        if together and sum(map(len, together)) + len(rows) > TOGETHER:
            yield np.concatenate(together)
            together = []
        together.append(rows)
    yield np.concatenate(together)
