"""The heaviest packing: of many weighted tuples of units those of greatest sum that share no unit. Always exact.

Aligning annotations is this problem (a set partition, by what each tuple saves), and in general a hard one. It is
quick here because the tuples fall into independent parts:

1. parts of one tuple, or of a few: looked through at once, all subsets of all parts in one product of matrices;
2. otherwise prices of units bound what a part can be worth; what a tuple costs above its prices more than bound and
   some packing lie apart, is in no better packing and goes. Parts fall apart once more;
3. small parts: a dynamic programme over sets of units, by position, pruned by the same bound;
4. large parts of two annotators: the assignment problem; of more: prices from the linear programme of the part
   (HiGHS). These are the best there are; what they leave goes through 1 to 3 again. The bound they prove and the
   packing that is found in the end prove each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from annotator.measures.units import BoolArray, FloatArray, IntArray

ABSENT = -1
RowArray = NDArray[np.signedinteger[Any]]
"""Rows of units or tuples: 32 bits for the large arrays of a problem, which would otherwise take most of the memory."""


@dataclass(frozen=True)
class Packing:
    """A problem: row t of `members` has the units of tuple t (-1 where it has fewer), `weights` what it is worth."""

    units: int
    members: RowArray
    weights: FloatArray

    @classmethod
    def of(cls, units: int, groups: Sequence[tuple[RowArray, FloatArray]]) -> "Packing":
        """Return the problem of tuples by size: (rows of units, weights)."""
        width = max((members.shape[1] for members, _ in groups), default=1)
        table = np.full((sum(len(members) for members, _ in groups), width), ABSENT, dtype=np.int32)
        row = 0
        for members, _ in groups:
            table[row : row + len(members), : members.shape[1]] = members
            row += len(members)
        return cls(units, table, np.concatenate([np.zeros(0), *(weights for _, weights in groups)]))

    def __len__(self) -> int:
        return len(self.weights)

    def only(self, rows: RowArray | BoolArray) -> "Packing":
        """Return the problem with these tuples only; units keep their numbers."""
        return Packing(self.units, self.members[rows], self.weights[rows])

    @cached_property
    def sizes(self) -> RowArray:
        """Units of each tuple."""
        sizes = np.zeros(len(self), dtype=np.int32)
        # Column by column: numpy takes several times as long for sums along a short axis.
        for column in self.members.T:
            sizes += column != ABSENT
        return sizes

    @cached_property
    def first(self) -> RowArray:
        """Where each tuple begins in `flat`."""
        first: RowArray = np.cumsum(self.sizes, dtype=np.int32) - self.sizes
        return first

    @cached_property
    def flat(self) -> RowArray:
        """The units of all tuples, one after the other."""
        flat: RowArray = self.members[self.members != ABSENT]
        return flat

    @cached_property
    def tuple_of(self) -> RowArray:
        """The tuple of every entry of `flat`."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.sizes)

    @cached_property
    def by_unit(self) -> tuple[RowArray, IntArray, IntArray]:
        """Places of `flat` in order of unit, where each unit begins there, and the units."""
        begins = np.append(self.first, np.int32(len(self.flat)))
        places = np.arange(len(self.flat), dtype=np.int32)
        table = csr_array((places, self.flat, begins), shape=(len(self), self.units)).tocsc()
        units = np.flatnonzero(np.diff(table.indptr))
        return table.data, table.indptr[units].astype(np.int64), units

    def sum_by_tuple(self, values: FloatArray) -> FloatArray:
        """Return for every tuple the sum of a value of each unit."""
        return np.add.reduceat(values[self.flat], self.first) if len(self) else np.zeros(0)

    def parts(self) -> tuple[int, IntArray]:
        """Return number of independent parts, and the part of every tuple."""
        second = self.members[:, 1:]
        heads = np.broadcast_to(self.members[:, :1], second.shape)[second != ABSENT]
        tails = second[second != ABSENT]
        graph = coo_array((np.ones(len(heads), dtype=np.int8), (heads, tails)), shape=(self.units, self.units))
        _, part_of_unit = connected_components(graph, directed=False)
        used, part = np.unique(part_of_unit[self.members[:, 0]], return_inverse=True)
        return len(used), part.astype(np.int64)

    def totals_by_part(self, parts: int, part: IntArray, values: FloatArray) -> FloatArray:
        """Return sums over the tuples of each part."""
        return np.bincount(part, weights=values, minlength=parts).astype(np.float64, copy=False)
