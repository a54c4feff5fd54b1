"""The way through a packing problem, from the parts that are solved at a glance to the hard ones (see `packing`)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from annotator.measures.packing import Packing
from annotator.measures.packing_bounds import Bound, bound_from, linear_prices, simple_bound
from annotator.measures.packing_search import pack_by_position, pack_by_programme, pack_few, pack_pairs
from annotator.measures.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Limits:
    """From where on another way is taken.

    `few` tuples of a part are looked through at once, `small` ones by a dynamic programme with at most `states` states.
    Tuples within `near` of the prices of their units are packed first, to find a packing that is nearly the best.
    Every value gives the same sums; the defaults are quick.
    """

    few: int = 6
    small: int = 60
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
    rows = solver.settle_few(np.arange(len(problem)))
    if len(rows):
        rows = solver.settle_few(rows[simple_bound(problem.only(rows)).needed])
    if len(rows):
        solver.settle_large(solver.settle_small(rows))
    return solver.chosen


@dataclass(frozen=True)
class _Solver:
    """Settles tuples by rows of `problem`; what is taken is marked in `chosen`."""

    problem: Packing
    sides: IntArray | None
    places: FloatArray
    limits: Limits
    chosen: BoolArray = field(repr=False)

    def settle_few(self, rows: IntArray) -> IntArray:
        """Solve the parts with few tuples; return the rows of the others."""
        if not len(rows):
            return rows
        parts, part = self.problem.only(rows).parts()
        counts = np.bincount(part, minlength=parts)
        order = np.argsort(part, kind="stable")
        first = np.cumsum(counts) - counts
        for size in range(1, self.limits.few + 1):
            alike = np.flatnonzero(counts == size)
            table = rows[order[first[alike, None] + np.arange(size)]]
            if len(table):
                self.chosen[table] = True if size == 1 else pack_few(self.problem, table)
        return rows[counts[part] > self.limits.few]

    def settle_small(self, rows: IntArray) -> list[IntArray]:
        """Solve the parts that are small enough for a dynamic programme; return the rows of each of the others."""
        parts = [rows[places] for places in self._parts(rows)]
        left = [part for part in parts if len(part) > self.limits.small]
        small = [part for part in parts if len(part) <= self.limits.small]
        if not small:
            return left
        bounds = simple_bound(self.problem.only(np.concatenate(small)))
        ends = np.cumsum([len(part) for part in small])
        for part, end in zip(small, ends.tolist(), strict=True):
            if not self._settle_by_position(part, bounds.part(np.arange(end - len(part), end))):
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
            self._settle_priced(np.concatenate(parts), prices, shares)

    def _settle_priced(self, rows: IntArray, prices: FloatArray, shares: FloatArray) -> None:
        """Solve parts with the best prices: drop what they rule out as long as this helps, then solve the rest."""
        shares[rows] = self._packed_of_nearest(rows, prices, shares)[rows]
        before = 2 * len(rows)
        while len(rows) < 0.8 * before:
            before = len(rows)
            bound = bound_from(self.problem.only(rows), prices, shares[rows])
            rows = self.settle_few(rows[bound.needed])
        bound = bound_from(self.problem.only(rows), prices, shares[rows])
        for places in self._parts(rows):
            part = rows[places]
            if not self._settle_by_position(part, bound.part(places)):
                self.chosen[part[pack_by_programme(self.problem.only(part))]] = True

    def _packed_of_nearest(self, rows: IntArray, prices: FloatArray, shares: FloatArray) -> BoolArray:
        """Return the best packing of the tuples that are nearly worth their prices.

        These fall into small parts, and their packing is nearly the best of all, so that it rules out most others.
        """
        whole = self.problem.only(rows)
        nearest = replace(self, chosen=np.zeros_like(self.chosen))
        left = nearest.settle_few(rows[whole.sum_by_tuple(prices) - whole.weights <= self.limits.near])
        if len(left):
            bound = bound_from(self.problem.only(left), prices, shares[left])
            for places in self._parts(left):
                if not nearest._settle_by_position(left[places], bound.part(places)):  # noqa: SLF001 - its own class
                    nearest.chosen[left[places]] = bound.packed[places]
        return nearest.chosen

    def _settle_by_position(self, rows: IntArray, bound: Bound) -> bool:
        part = self.problem.only(rows)
        found = pack_by_position(part, bound, self.places, most_states=self.limits.states)
        if found is not None:
            self.chosen[rows[found]] = True
        return found is not None

    def _parts(self, rows: IntArray) -> list[IntArray]:
        """Yield indexes into `rows`, part by part."""
        if not len(rows):
            return []
        parts, part = self.problem.only(rows).parts()
        return np.split(np.argsort(part, kind="stable"), np.cumsum(np.bincount(part, minlength=parts))[:-1])


def _gathered(parts: list[IntArray]) -> Iterator[IntArray]:
    """Yield parts in groups of some thousand tuples: starting a programme takes longer than solving a small one."""
    together: list[IntArray] = []
    for rows in parts:
        if together and sum(map(len, together)) + len(rows) > TOGETHER:
            yield np.concatenate(together)
            together = []
        together.append(rows)
    yield np.concatenate(together)
