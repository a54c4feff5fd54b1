"""What a packing can be worth at most: prices of units, and the tuples that they rule out.

Prices are valid when no tuple is worth more than its units together; their sum is then a bound on every packing
(weak duality of linear programmes). A tuple whose units cost more than it is worth by more than the distance between
bound and some packing is in no packing better than that one.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from annotator.measures.packing import Packing
from annotator.measures.units import BoolArray, FloatArray, IntArray

ROUNDS = 8
TOLERANCE = 1e-10
"""What counts as equal: weights are of the order of 1 to 100, errors of their sums of 1e-14."""

NEVER_REACHED = 2.0
"""More than the share of any tuple, which its units hold to 1: with it, the solver has prices to start from."""


@dataclass(frozen=True)
class Bound:
    """Prices of all units, what each tuple is short of them, and a packing; by tuple its part and how that is bounded.

    No packing of the part is better by more than `slack`; where `is_best`, none is better by more than rounding.
    """

    prices: FloatArray
    short: FloatArray
    packed: BoolArray
    part: IntArray
    slack: FloatArray
    is_best: BoolArray

    @property
    def needed(self) -> BoolArray:
        """The tuples that are not ruled out."""
        return self.short <= self.slack

    def only(self, rows: IntArray) -> "Bound":
        """Return the bound for some tuples only."""
        return Bound(
            self.prices, self.short[rows], self.packed[rows], self.part[rows], self.slack[rows], self.is_best[rows]
        )


def simple_bound(problem: Packing) -> Bound:
    """Return prices from sharing the weight of each tuple among its units, lowered where possible.

    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem = Packing.of(3, [pairs])
    >>> found = simple_bound(problem)
    >>> bool((found.short >= -1e-9).all()), found.packed.tolist()
    (True, [False, True])
    """
    order, first, units = problem.by_unit
    share = problem.weights / problem.sizes
    prices = np.zeros(problem.units)
    prices[units] = np.maximum.reduceat(share[problem.tuple_of[order]], first)
    for _ in range(ROUNDS):
        short = problem.sum_by_tuple(prices) - problem.weights
        spare = np.minimum.reduceat((short / problem.sizes)[problem.tuple_of[order]], first)
        prices[units] -= np.minimum(spare, prices[units])
    return bound_from(problem, prices)


def linear_prices(problem: Packing) -> tuple[FloatArray, FloatArray]:
    """Return prices and shares of tuples from the linear programme of the problem: its dual and its primal solution.

    The prices, corrected for rounding, are the lowest there are; a share says how much of a tuple the relaxed packing
    takes. Should the solver give up, prices are valid all the same, only higher, and shares are 0. Tuples are columns:
    there are ten to a hundred times as many of them as units, and a basis has as many entries as there are rows. There
    is nothing to presolve.

    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem = Packing.of(3, [pairs])
    >>> prices, shares = linear_prices(problem)
    >>> round(float(prices.sum()), 6), shares.round(6).tolist()
    (3.0, [0.0, 1.0])
    """
    order, first, units = problem.by_unit
    row = np.searchsorted(units, problem.flat).astype(np.int32)
    begins = np.append(problem.first, np.int32(len(row)))
    matrix = csc_array((np.ones(len(row)), row, begins), shape=(len(units), len(problem)))
    solved = linprog(
        -problem.weights,
        A_ub=matrix,
        b_ub=np.ones(len(units)),
        bounds=(0, NEVER_REACHED),
        method="highs-ds",
        options={"presolve": False},
    )
    prices, shares = np.zeros(problem.units), np.zeros(len(problem))
    if solved.status == 0:
        prices[units] = np.maximum(-solved.ineqlin.marginals, 0)
        shares = np.asarray(solved.x, dtype=np.float64)
    missing = np.maximum(problem.weights - problem.sum_by_tuple(prices), 0) / problem.sizes
    prices[units] += np.maximum.reduceat(missing[problem.tuple_of[order]], first)
    return prices, shares


def bound_from(
    problem: Packing, prices: FloatArray, shares: FloatArray | None = None, part: IntArray | None = None
) -> Bound:
    """Return the bound from valid prices; computed again for the remaining tuples it is tighter.

    `part` has the parts of tuples where they are known.

    The packing follows the `shares` of the linear programme where they are given: it is then nearly the best, so that
    far fewer tuples remain.

    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem = Packing.of(3, [pairs])
    >>> bound_from(problem, np.array([0.5, 3.0, 0.0])).packed.tolist()
    [False, True]
    """
    short = problem.sum_by_tuple(prices) - problem.weights
    packed = greedy(problem, short, shares)
    return bound_of_packing(problem, prices, short, packed, problem.parts()[1] if part is None else part)


def bound_of_packing(
    problem: Packing, prices: FloatArray, short: FloatArray, packed: BoolArray, part: IntArray
) -> Bound:
    """Return the bound from valid prices and a packing; `part` is that of every tuple.

    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem, packed = Packing.of(3, [pairs]), np.array([False, True])
    >>> bound_of_packing(problem, np.array([0, 3.0, 0]), np.array([2.0, 0]), packed, np.array([0, 0])).is_best.tolist()
    [True, True]
    """
    parts = int(part.max(initial=-1)) + 1
    part_of_unit = np.full(problem.units, parts)
    part_of_unit[problem.flat] = part[problem.tuple_of]
    most = np.bincount(part_of_unit, weights=prices, minlength=parts + 1)[:parts]
    found = problem.totals_by_part(parts, part, np.where(packed, problem.weights, 0))
    near = TOLERANCE * (1 + most)
    off = np.maximum(most - found, 0)
    return Bound(prices, short, packed, part, (off + near)[part], (off <= near)[part])


def greedy(problem: Packing, short: FloatArray, shares: FloatArray | None = None) -> BoolArray:
    """Return a packing, not always the heaviest: the largest shares first, then tuples nearest to their prices.

    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem = Packing.of(3, [pairs])
    >>> greedy(problem, np.zeros(2)).tolist()
    [False, True]
    """
    share = np.zeros(len(problem)) if shares is None else -np.round(shares, 6)
    # Ties are broken in a mixed order (Knuth's multiplicative hash): in that of the rows, a heap of equal units would
    # be packed one tuple at a time.
    mixed = np.arange(len(problem), dtype=np.uint64) * np.uint64(2_654_435_761) % np.uint64(2**32)
    order = np.lexsort((mixed, -problem.weights, np.round(short, 9), share))
    rank = np.empty(len(problem), dtype=np.int64)
    rank[order] = np.arange(len(problem), 0, -1)
    packed = np.zeros(len(problem), dtype=np.bool_)
    alive = np.arange(len(problem))
    while len(alive):
        left = problem if len(alive) == len(problem) else problem.only(alive)
        best = np.zeros(problem.units, dtype=np.int64)
        by_unit, first, units = left.by_unit
        best[units] = np.maximum.reduceat(rank[alive][left.tuple_of[by_unit]], first)
        wins = np.minimum.reduceat(best[left.flat], left.first) == np.maximum.reduceat(best[left.flat], left.first)
        wins &= best[left.members[:, 0]] == rank[alive]
        packed[alive[wins]] = True
        taken = np.zeros(problem.units, dtype=np.bool_)
        taken[left.only(wins).flat] = True
        alive = alive[~np.logical_or.reduceat(taken[left.flat], left.first)]
    return packed
