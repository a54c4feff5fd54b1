"""Heaviest packings of one part: all subsets of a few tuples, a dynamic programme, assignment, integer programme."""

from collections import defaultdict
from functools import cache
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from annotator.measures.packing import ABSENT, Packing
from annotator.measures.packing_bounds import Bound
from annotator.measures.units import BoolArray, FloatArray, IntArray

IMPOSSIBLE = 1e12
"""More than any packing is worth."""

FEW_UNITS = 30
"""Up to here a second try costs more than the first saves."""

Chain = tuple[int, "Chain | None"]
State = tuple[float, Chain | None]
Option = tuple[int, float, int]


@cache
def _subsets(size: int) -> tuple[FloatArray, FloatArray]:
    """Return all subsets of that many tuples (tuples by subsets), and the pairs in each (pairs by subsets)."""
    numbers = np.arange(1 << size)
    contains = (numbers[None, :] >> np.arange(size)[:, None] & 1).astype(np.float64)
    pairs = [contains[one] * contains[other] for one, other in combinations(range(size), 2)]
    return contains, np.asarray(pairs).reshape(-1, 1 << size)


def pack_few(problem: Packing, rows: IntArray) -> BoolArray:
    """Return the heaviest packing of many parts with equally many tuples, one per row, in the same shape.

    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem = Packing.of(3, [pairs])
    >>> pack_few(problem, np.array([[0, 1]])).tolist()
    [[False, True]]
    """
    size = rows.shape[1]
    contains, pairs = _subsets(size)
    members = problem.members[rows]
    clashes = np.zeros((len(rows), len(pairs)))
    for pair, (one, other) in enumerate(combinations(range(size), 2)):
        left, right = members[:, one, :, None], members[:, other, None, :]
        clashes[:, pair] = ((left == right) & (left != ABSENT)).any(axis=(1, 2))
    worth = problem.weights[rows] @ contains - IMPOSSIBLE * (clashes @ pairs)
    chosen: BoolArray = contains.T[worth.argmax(axis=1)] > 0
    return chosen


def pack_by_position(problem: Packing, bound: Bound, places: FloatArray, *, most_states: int) -> IntArray | None:
    """Return the heaviest packing of one part, as rows; None when it needs more than that many states.

    Units are looked at in order of `places`. A state is the set of units further on that are taken already; of equal
    states the cheaper survives. What is counted is how much tuples fall short of the prices of their units, and the
    prices of units left alone. No packing that loses more than the slack is the best; as most best ones lose much
    less, a part of it is tried first: what arrives within that is the best of all.

    >>> from annotator.measures.packing_bounds import simple_bound
    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem = Packing.of(3, [pairs])
    >>> sorted(pack_by_position(problem, simple_bound(problem), np.arange(3.0), most_states=100).tolist())
    [1]
    """
    units = sorted(set(problem.flat.tolist()), key=lambda unit: (places[unit], unit))
    bit_of = {unit: 1 << number for number, unit in enumerate(units)}
    prices = bound.prices[units].tolist()
    slack = float(bound.slack.max())
    for allowed in (slack / 16, slack / 4, slack) if len(units) > FEW_UNITS else (slack,):
        starting: dict[int, list[Option]] = defaultdict(list)
        rows = np.flatnonzero(bound.short <= allowed)
        columns = (rows.tolist(), problem.members[rows].tolist(), bound.short[rows].tolist())
        for row, members, short in zip(*columns, strict=True):
            mask = sum([bit_of[unit] for unit in members if unit != ABSENT])
            starting[mask & -mask].append((mask, short, row))
        states: dict[int, State] = {0: (0.0, None)}
        for number, price in enumerate(prices):
            states = _one_unit_on(states, 1 << number, price, starting.get(1 << number, []), allowed)
            if len(states) > most_states:
                return None
        if states:
            # Every unit is behind, so that nothing ahead is taken: one state.
            return _rows(states[0][1])
    raise RuntimeError("A packing within the slack of the bound was found before, so that one must be found here.")


def _rows(chain: Chain | None) -> IntArray:
    chosen = []
    while chain is not None:
        row, chain = chain
        chosen.append(row)
    return np.asarray(chosen, dtype=np.int64)


def _one_unit_on(
    states: dict[int, State], bit: int, price: float, starting: list[Option], allowed: float
) -> dict[int, State]:
    """Return the states after one more unit: taken before, left alone, or taken with a tuple that starts with it."""
    further: dict[int, State] = {}

    def reach(mask: int, lost: float, chain: Chain | None) -> None:
        if lost <= allowed and (mask not in further or lost < further[mask][0]):
            further[mask] = (lost, chain)

    for taken, (lost, chain) in states.items():
        if taken & bit:
            reach(taken ^ bit, lost, chain)
            continue
        reach(taken, lost + price, chain)
        for mask, short, row in starting:
            if not mask & taken:
                reach((taken | mask) ^ bit, lost + short, (row, chain))
    return further


def pack_pairs(problem: Packing, sides: IntArray) -> IntArray:
    """Return rows of the heaviest packing of pairs of units of two annotators; `sides[unit]` is 0 or 1.

    Jonker and Volgenant (1987), A shortest augmenting path algorithm, Computing 38, 325, on the pairs that there are.

    >>> pairs = Packing.of(4, [(np.array([[0, 2], [0, 3], [1, 2]]), np.array([3.0, 2.0, 2.0]))])
    >>> sorted(pack_pairs(pairs, np.array([0, 0, 1, 1])).tolist())
    [1, 2]
    """
    first_is_left = (sides[problem.members[:, 0]] == 0)[:, None]
    pairs = np.where(first_is_left, problem.members, problem.members[:, ::-1])
    rows, row = np.unique(pairs[:, 0], return_inverse=True)
    columns, column = np.unique(pairs[:, 1], return_inverse=True)
    # Every row has a column of its own besides, for staying alone. All weights grow by one, for 0 means no entry.
    places = (
        np.concatenate([row, np.arange(len(rows))]),
        np.concatenate([column, len(columns) + np.arange(len(rows))]),
    )
    weights = np.concatenate([problem.weights, np.zeros(len(rows))]) + 1
    shape = (len(rows), len(columns) + len(rows))
    _, taken = min_weight_full_bipartite_matching(coo_array((weights, places), shape=shape).tocsr(), maximize=True)
    return np.flatnonzero(taken[row] == column)


def pack_by_programme(problem: Packing) -> IntArray:
    """Return rows of the heaviest packing by an integer programme: exact and slow, the last resort.

    RuntimeError when it cannot be solved, which would be a fault of the solver.

    >>> pairs = np.array([[0, 1], [1, 2]]), np.array([1.0, 3.0])
    >>> problem = Packing.of(3, [pairs])
    >>> sorted(pack_by_programme(problem).tolist())
    [1]
    """
    units, row = np.unique(problem.flat, return_inverse=True)
    matrix = csr_array((np.ones(len(row)), (row, problem.tuple_of)), shape=(len(units), len(problem)))
    # The solver stops within an absolute distance of 1e-6: weights are made larger, so that this does not count.
    solved = milp(
        -1e4 * problem.weights,
        constraints=LinearConstraint(matrix, ub=np.ones(len(units))),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(problem)),
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None:
        raise RuntimeError(f"The integer programme of an alignment was not solved: {solved.message}")
    return np.flatnonzero(solved.x > 0.5)
