"""Tallies as JSON, as stored of each document: written for a hundred at once, added up, read as `Tally`. Pure.

Two records are added by adding the numbers at the same path (`add_record`). Keys of several strings are JSON
themselves.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from annotator.agreement.counting.disagreement_rows import BoundaryKey
from annotator.agreement.counting.tallies import Counts, Marks, PairTally, Positions, SharedEnds, Tally, TokenMarks
from annotator.measures.cohen import Contingency
from annotator.measures.krippendorff import Coincidences
from annotator.measures.span_f1 import MatchCounts
from annotator.measures.units import BoolArray

"""A tally in JSON: objects within objects, down to numbers and lists of numbers."""
Path = tuple[str, ...]


def add_record(total: dict[str, Any], record: Mapping[str, Any], *, sign: int = 1) -> None:
    """Add a record to a total in place, or subtract it with `sign=-1`; the total shares no object with the record."""
    for key, value in record.items():
        if isinstance(value, dict):
            add_record(total.setdefault(key, {}), value, sign=sign)
        elif isinstance(value, list):
            known = total.get(key) or [0] * len(value)
            total[key] = [a + sign * b for a, b in zip(known, value, strict=True)]
        else:
            total[key] = total.get(key, 0) + sign * value


def without_zeros(record: dict[str, Any]) -> dict[str, Any]:
    """Return a total without parts that are zero, as after subtracting a record."""
    kept: dict[str, Any] = {}
    for key, value in record.items():
        left = without_zeros(value) if isinstance(value, dict) else value
        if any(left) if isinstance(left, list) else left:
            kept[key] = left
    return kept


def key_of(parts: Iterable[object]) -> str:
    """Return several strings (or lists of strings) as one key."""
    return orjson.dumps(list(parts)).decode()


def tally_of(record: dict[str, Any]) -> Tally:
    """Return the tally that a record holds; an empty record is an empty tally."""
    return Tally(
        documents=record.get("documents", 0),
        sets=record.get("sets", {}),
        spans=record.get("spans", {}),
        pairs={(first, second): _pair_of(pair) for (first, second), pair in _unkeyed(record.get("pairs", {}))},
        tokens=_positions_of(record.get("tokens", {})),
        code_points=_positions_of(record.get("code_points", {})),
        label_sets=_sets_of(record.get("label_sets", {})),
        code_point_sets=_sets_of(record.get("code_point_sets", {})),
        disagreements={tuple(key): count for key, count in _unkeyed(record.get("disagreements", {}))},
        locations={tuple(map(tuple, key)): count for key, count in _unkeyed(record.get("locations", {}))},
        apart={(name, kind, label): count for (name, kind, label), count in _unkeyed(record.get("apart", {}))},
        boundaries=_boundaries_of(record.get("boundaries", {})),
        boundary_locations=_boundaries_of(record.get("boundary_locations", {})),
        covered=record.get("covered", {}),
        read=record.get("read", {}),
        mixed=record.get("mixed", 0),
        left_out=record.get("left_out", {}),
    )


def _boundaries_of(record: Mapping[str, Any]) -> dict[BoundaryKey, int]:
    return {(by, label, side): count for (by, label, side), count in _unkeyed(record)}


def _unkeyed(record: Mapping[str, Any]) -> Iterable[tuple[Any, Any]]:
    return ((orjson.loads(key), value) for key, value in record.items())


def _pair_of(record: dict[str, Any]) -> PairTally:
    return PairTally(
        documents=record.get("documents", 0),
        spans={label: Counts(*counts) for label, counts in record.get("spans", {}).items()},
        unlabelled=MatchCounts(*record.get("unlabelled", ())),
        relations={label: Counts(*counts) for label, counts in record.get("relations", {}).items()},
        shared_relations={label: SharedEnds(*ends) for label, ends in record.get("shared_relations", {}).items()},
        attributes={
            (label, name): Contingency({(first, second): count for (first, second), count in _unkeyed(cells)})
            for (label, name), cells in _unkeyed(record.get("attributes", {}))
        },
        aligned={(label, other): count for (label, other), count in _unkeyed(record.get("aligned", {}))},
        tokens=Contingency(
            {(frozenset(one), frozenset(other)): count for (one, other), count in _unkeyed(record.get("tokens", {}))}
        ),
        marked={label: TokenMarks(*counts) for label, counts in record.get("marked", {}).items()},
    )


def _positions_of(record: dict[str, Any]) -> Positions:
    marks = {label: Marks(*each) for label, each in record.get("marks", {}).items()}
    return Positions(record.get("items", 0), record.get("values", 0), marks)


def _sets_of(record: dict[str, Any]) -> Coincidences:
    margins: dict[Hashable, int] = {frozenset(labels): count for labels, count in _unkeyed(record.get("margins", {}))}
    return Coincidences(record.get("items", 0), record.get("values", 0), record.get("agreeing", 0.0), margins)


@dataclass(frozen=True)
class Entry:
    """An object at `path` of the records of many documents, with a value for each of `names`.

    `values` has shape (documents, names), or (documents, names, parts) where a value is a list of numbers. Only values
    that are `present` (documents, names) are written, by default those that are not 0. With `if_any` an object without
    values is left out.
    """

    path: Path
    names: Sequence[str]
    values: Any
    present: BoolArray | None = None
    if_any: bool = False


def records_of(entries: Sequence[Entry], documents: int) -> list[dict[str, Any]]:
    """Return the records of that many documents."""
    records: list[dict[str, Any]] = [{} for _ in range(documents)]
    for entry in entries:
        present = _present(entry)
        rows, columns = np.nonzero(present)
        wanted = set(rows.tolist()) if entry.if_any else range(documents)
        targets = {row: _object_at(records[row], entry.path) for row in wanted}
        values = entry.values[rows, columns].tolist()
        for row, column, value in zip(rows.tolist(), columns.tolist(), values, strict=True):
            targets[row][entry.names[column]] = value
    return records


def _present(entry: Entry) -> BoolArray:
    if entry.present is not None:
        return entry.present
    nonzero: BoolArray = np.not_equal(entry.values, 0)
    return np.any(nonzero, axis=2) if nonzero.ndim == 3 else nonzero


def _object_at(record: dict[str, Any], path: Path) -> dict[str, Any]:
    for name in path:
        record = record.setdefault(name, {})
    return record


def table(path: Path, counts: Sequence[Mapping[str, int]]) -> Entry:
    """Return an entry of counts by document."""
    names = {name: column for column, name in enumerate(dict.fromkeys(name for own in counts for name in own))}
    values = np.zeros((len(counts), len(names)), dtype=np.int64)
    for row, own in enumerate(counts):
        for name, count in own.items():
            values[row, names[name]] = count
    return Entry(path, list(names), values)
