"""The best alignments of continua: who meant the same, and what it costs. Exact, for any number of annotators.

Mathet, Widlöcher and Métivier (2015), Computational Linguistics 41(3), 437. A tuple takes at most one unit of each
annotator and costs the mean over all pairs of annotators of their dissimilarity, or D where one has no unit, also
where neither has one. An alignment puts every unit in one tuple; the best is the cheapest. Its cost divided by the mean
number of units of an annotator is the disorder.
"""

from dataclasses import dataclass

import numpy as np

from annotator.measures.candidates import TooDense, Tuples, candidate_tuples
from annotator.measures.continua import Continua
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.packing import Packing, RowArray
from annotator.measures.packing_solver import USUAL, Limits, heaviest_packing
from annotator.measures.units import FloatArray

USUAL_WEIGHTS = Dissimilarity()
REACHES = (1.0, 0.5, 0.25, 0.12, 0.06)
"""How near units of three or more annotators must be, as a share of what an optimal alignment may need: less where
there are too many tuples."""


@dataclass(frozen=True)
class Alignments:
    """The best alignment of each continuum.

    `tuples` has rows of units (-1 where there are fewer) with two units or more; all other units stand alone.
    `costs` has a value a continuum, `disorders` the same by the mean number of units, NaN where there are none. They
    are the least there are when `is_exact`; otherwise there were too many tuples, and only the nearest were compared.
    """

    tuples: RowArray
    costs: FloatArray
    disorders: FloatArray
    is_exact: bool = True


def best_alignments(
    continua: Continua, dissimilarity: Dissimilarity = USUAL_WEIGHTS, *, limits: Limits = USUAL
) -> Alignments:
    """Align every continuum at the least cost there is.

    ValueError with fewer than two annotators. Of several best alignments one is chosen by the order of units.

    >>> whose, starts = np.array([0, 0, 1]), np.array([0.0, 20.0, 0.0])
    >>> continuum = Continua(1, 2, whose * 0, whose, starts, starts + 10, whose * 0)
    >>> best_alignments(continuum).tuples.tolist(), best_alignments(continuum).costs.tolist()
    ([[0, 2]], [1.0])
    """
    if continua.annotators < 2:
        raise ValueError("Gamma: an alignment needs at least two annotators.")
    groups, is_exact = _candidates(continua, dissimilarity)
    savings = [group.saving(continua.annotators) for group in groups]
    problem = Packing.of(len(continua), [(group.units, saved) for group, saved in zip(groups, savings, strict=True)])
    between = np.concatenate([group.between for group in groups])
    # Problem and tuples are the same rows, and those of many annotators take much memory.
    del groups, savings
    sides = continua.annotator if continua.annotators == 2 else None
    chosen = heaviest_packing(problem, sides=sides, places=(continua.starts + continua.ends) / 2, limits=limits)
    pairs = continua.annotators * (continua.annotators - 1) / 2
    aligned = problem.only(chosen)
    paid = between[chosen] + pairs - aligned.sizes * (aligned.sizes - 1) / 2
    of_tuple = continua.continuum[aligned.members[:, 0]]
    alone = continua.sizes - np.bincount(of_tuple, weights=aligned.sizes, minlength=continua.count)
    costs = np.bincount(of_tuple, weights=paid, minlength=continua.count) / pairs + alone
    costs *= dissimilarity.delta_empty
    with np.errstate(invalid="ignore"):
        disorders = costs * continua.annotators / continua.sizes
    return Alignments(aligned.members, costs, disorders, is_exact)


def _candidates(continua: Continua, dissimilarity: Dissimilarity) -> tuple[list[Tuples], bool]:
    """The tuples to choose from, and whether the best alignment is among their packings."""
    for reach in REACHES if continua.annotators > 2 else REACHES[:1]:
        try:
            return candidate_tuples(continua, dissimilarity, reach=reach), reach == 1
        except TooDense:
            continue
    parts = 2
    while True:
        try:
            return _candidates_in_parts(continua, dissimilarity, parts), False
        except TooDense:
            if parts > len(continua):
                raise
            parts *= 2


def _candidates_in_parts(continua: Continua, dissimilarity: Dissimilarity, parts: int) -> list[Tuples]:
    """Candidates where thousands of units lie on each other: of each annotator only every so-many-th is compared.

    The units of an annotator are numbered by position; those with the same remainder form a part, so that units at the
    same place in the order of their annotators stay together.
    """
    order = np.lexsort((continua.labels, continua.ends, continua.starts, continua.annotator, continua.continuum))
    whose = (continua.continuum * continua.annotators + continua.annotator)[order]
    number = np.arange(len(order)) - np.searchsorted(whose, whose)
    part = continua.continuum[order] * parts + number % parts
    by_part = np.argsort(part, kind="stable")
    rows = order[by_part]
    split = Continua(
        continua.count * parts,
        continua.annotators,
        part[by_part],
        continua.annotator[rows],
        continua.starts[rows],
        continua.ends[rows],
        continua.labels[rows],
    )
    groups = candidate_tuples(split, dissimilarity, reach=REACHES[-1])
    return [Tuples(rows[group.units], group.between) for group in groups]
