"""The heaviest one-to-one assignment over a sparse set of weighted pairs.

Kuhn (1955), The Hungarian method for the assignment problem, in the shortest-path form, on each connected part of the
pairs by itself: the parts are small where annotators read the same text.
"""

import numpy as np

from annotator.measures.units import FloatArray, IntArray


def heaviest_assignment(rows: IntArray, columns: IntArray, weights: FloatArray) -> float:
    """Return the greatest sum of positive weights over pairs (rows[i], columns[i]) without a row or column twice.

    >>> heaviest_assignment(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([3.0, 2.0, 2.0]))
    4.0
    """
    total = 0.0
    for members in _connected_parts(rows.tolist(), columns.tolist()):
        part_rows, row_index = np.unique(rows[members], return_inverse=True)
        part_columns, column_index = np.unique(columns[members], return_inverse=True)
        table = np.zeros((len(part_rows), len(part_columns)))
        table[row_index, column_index] = weights[members]
        total += _heaviest_of_table(table if table.shape[0] <= table.shape[1] else table.T)
    return total


def _connected_parts(rows: list[int], columns: list[int]) -> list[list[int]]:
    """Return indexes of pairs, grouped so that pairs of different groups share neither row nor column."""
    leader: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        while leader.setdefault(node, node) != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for row, column in zip(rows, columns, strict=True):
        leader[find(("row", row))] = find(("column", column))
    parts: dict[tuple[str, int], list[int]] = {}
    for index, row in enumerate(rows):
        parts.setdefault(find(("row", row)), []).append(index)
    return list(parts.values())


def _heaviest_of_table(table: FloatArray) -> float:
    """Return the heaviest assignment of a table with no more rows than columns (Hungarian method); 0 is not paired."""
    rows, columns = table.shape
    # Row and column 0 hold a new row until it finds a column.
    row_prices, column_prices = np.zeros(rows + 1), np.zeros(columns + 1)
    owner = np.zeros(columns + 1, dtype=np.int64)
    for row in range(1, rows + 1):
        owner[0] = row
        column, came_from = _shortest_path(-table, owner, row_prices, column_prices)
        while column:
            owner[column], column = owner[came_from[column]], int(came_from[column])
    taken = np.flatnonzero(owner[1:])
    return float(table[owner[1:][taken] - 1, taken].sum())


def _shortest_path(
    costs: FloatArray, owner: IntArray, row_prices: FloatArray, column_prices: FloatArray
) -> tuple[int, IntArray]:
    """Grow a tree of cheapest steps from column 0, prices following: the first free column reached, and the tree."""
    distance = np.full(len(owner), np.inf)
    came_from = np.zeros(len(owner), dtype=np.int64)
    seen = np.zeros(len(owner), dtype=np.bool_)
    column = 0
    while True:
        seen[column] = True
        row = owner[column]
        step = np.concatenate([[np.inf], costs[row - 1] - row_prices[row] - column_prices[1:]])
        closer = ~seen & (step < distance)
        distance[closer], came_from[closer] = step[closer], column
        column = int(np.argmin(np.where(seen, np.inf, distance)))
        advance = distance[column]
        row_prices[owner[seen]] += advance
        column_prices[seen] -= advance
        distance[~seen] -= advance
        if not owner[column]:
            return column, came_from
