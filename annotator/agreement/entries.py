"""Numbers of many documents by where they stand in the record of each, so that records are written and added fast.

Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotator.measures.units import BoolArray

Record = dict[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A mapping that stands at `path` of a record, with a value for each of `names`; `if_any`: only if there is one.

    `values` has shape (documents, names), or (documents, names, parts) where a value is a list of numbers. What is 0
    in all parts is left out, or what `there` (documents, names) says.
    """

    path: Path
    names: Sequence[str]
    values: Any
    there: BoolArray | None = None
    if_any: bool = False


def records_of(entries: Sequence[Entry], documents: int) -> list[Record]:
    """The records of so many documents."""
    records: list[Record] = [{} for _ in range(documents)]
    for entry in entries:
        there = _there(entry)
        rows, columns = np.nonzero(there)
        wanted = set(rows.tolist()) if entry.if_any else range(documents)
        targets = {row: _descended(records[row], entry.path) for row in wanted}
        values = entry.values[rows, columns].tolist()
        for row, column, value in zip(rows.tolist(), columns.tolist(), values, strict=True):
            targets[row][entry.names[column]] = value
    return records


def sum_of(entries: Sequence[Entry], documents: Any) -> Record:
    """The sum of the records of some documents (places): what adding them up one by one would give."""
    return records_of([_summed(entry, documents) for entry in entries], 1)[0]


def _summed(entry: Entry, documents: Any) -> Entry:
    values, there = entry.values[documents].sum(axis=0, keepdims=True), entry.there
    return replace(entry, values=values, there=None if there is None else there[documents].any(axis=0, keepdims=True))


def _there(entry: Entry) -> BoolArray:
    if entry.there is not None:
        return entry.there
    found: BoolArray = np.not_equal(entry.values, 0)
    return np.any(found, axis=2) if found.ndim == 3 else found


def _descended(record: Record, path: Path) -> Record:
    for name in path:
        record = record.setdefault(name, {})
    return record


def table(path: Path, counts: Sequence[Mapping[str, int]]) -> Entry:
    """An entry out of what is counted by document."""
    names = {name: at for at, name in enumerate(dict.fromkeys(name for each in counts for name in each))}
    values = np.zeros((len(counts), len(names)), dtype=np.int64)
    for row, each in enumerate(counts):
        for name, count in each.items():
            values[row, names[name]] = count
    return Entry(path, list(names), values)
