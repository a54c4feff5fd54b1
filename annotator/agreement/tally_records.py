"""Tallies as JSON and back, so that a document is counted once, and any number of them is added up fast.

A record is mappings within mappings down to numbers and lists of numbers: two records are added by adding what stands
in the same place (`add_record`). Keys that are not one string are JSON themselves.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import orjson

from annotator.agreement.tallies import Counts, Marks, PairTally, Positions, SharedEnds, Tally, TokenMarks
from annotator.measures.cohen import Contingency
from annotator.measures.krippendorff import Coincidences
from annotator.measures.span_f1 import MatchCounts

Record = dict[str, Any]


def add_record(total: Record, record: Mapping[str, Any], *, sign: int = 1) -> None:
    """Add a record to a total, in place, or with -1 take it away; the total shares nothing with what was added."""
    for key, value in record.items():
        if isinstance(value, dict):
            add_record(total.setdefault(key, {}), value, sign=sign)
        elif isinstance(value, list):
            known = total.get(key) or [0] * len(value)
            total[key] = [a + sign * b for a, b in zip(known, value, strict=True)]
        else:
            total[key] = total.get(key, 0) + sign * value


def without_zeros(record: Record) -> Record:
    """What is left of a total after something was taken away: parts in which nothing is counted any more are gone."""
    kept: Record = {}
    for key, value in record.items():
        left = without_zeros(value) if isinstance(value, dict) else value
        if any(left) if isinstance(left, list) else left:
            kept[key] = left
    return kept


def key_of(parts: Iterable[object]) -> str:
    """Several strings (or lists of them) as one key."""
    return orjson.dumps(list(parts)).decode()


def tally_of(record: Record) -> Tally:
    """The tally that a record holds; an empty record is an empty tally."""
    return Tally(
        documents=record.get("documents", 0),
        sets=record.get("sets", {}),
        spans=record.get("spans", {}),
        pairs={(first, second): _pair_of(pair) for (first, second), pair in _unkeyed(record.get("pairs", {}))},
        tokens=_positions_of(record.get("tokens", {})),
        code_points=_positions_of(record.get("code_points", {})),
        label_sets=_sets_of(record.get("label_sets", {})),
        disagreements={tuple(key): count for key, count in _unkeyed(record.get("disagreements", {}))},
        boundaries={(by, label, side): count for (by, label, side), count in _unkeyed(record.get("boundaries", {}))},
        covered=record.get("covered", {}),
        read=record.get("read", {}),
        mixed=record.get("mixed", 0),
        left_out=record.get("left_out", {}),
    )


def _unkeyed(record: Mapping[str, Any]) -> Iterable[tuple[Any, Any]]:
    return ((orjson.loads(key), value) for key, value in record.items())


def _pair_of(record: Record) -> PairTally:
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


def _positions_of(record: Record) -> Positions:
    marks = {label: Marks(*each) for label, each in record.get("marks", {}).items()}
    return Positions(record.get("items", 0), record.get("values", 0), marks)


def _sets_of(record: Record) -> Coincidences:
    margins: dict[Hashable, int] = {frozenset(labels): count for labels, count in _unkeyed(record.get("margins", {}))}
    return Coincidences(record.get("items", 0), record.get("values", 0), record.get("agreeing", 0.0), margins)
