"""Tallies as JSON and back, so that a document's contribution is stored once and a killed job goes on where it was."""

from collections.abc import Hashable, Mapping
from typing import Any

from annotator.agreement.measures.cohen import Contingency
from annotator.agreement.measures.krippendorff import Coincidences
from annotator.agreement.measures.span_f1 import MatchCounts
from annotator.agreement.tallies import Counts, Marks, PairTally, Positions, Tally

Record = dict[str, Any]


def record_of(tally: Tally) -> Record:
    """JSON of a tally; mappings with keys that are not strings become lists."""
    return {
        "documents": tally.documents,
        "sets": dict(tally.sets),
        "spans": dict(tally.spans),
        "pairs": [{"between": list(names), **_record_of_pair(pair)} for names, pair in sorted(tally.pairs.items())],
        "tokens": _record_of_positions(tally.tokens),
        "code_points": _record_of_positions(tally.code_points),
        "label_sets": _record_of_sets(tally.label_sets),
    }


def tally_of(record: Record) -> Tally:
    """The tally that `record_of` wrote."""
    return Tally(
        documents=record["documents"],
        sets=record["sets"],
        spans=record["spans"],
        pairs={(pair["between"][0], pair["between"][1]): _pair_of(pair) for pair in record["pairs"]},
        tokens=_positions_of(record["tokens"]),
        code_points=_positions_of(record["code_points"]),
        label_sets=_sets_of(record["label_sets"]),
    )


def _record_of_pair(pair: PairTally) -> Record:
    return {
        "documents": pair.documents,
        "spans": _record_of_counts(pair.spans),
        "unlabelled": [pair.unlabelled.first, pair.unlabelled.second, pair.unlabelled.matched],
        "relations": _record_of_counts(pair.relations),
        "attributes": [
            [label, name, [[first, second, count] for (first, second), count in table.cells.items()]]
            for (label, name), table in sorted(pair.attributes.items())
        ],
    }


def _pair_of(record: Record) -> PairTally:
    return PairTally(
        documents=record["documents"],
        spans={label: Counts(*counts) for label, counts in record["spans"].items()},
        unlabelled=MatchCounts(*record["unlabelled"]),
        relations={label: Counts(*counts) for label, counts in record["relations"].items()},
        attributes={
            (label, name): Contingency({(first, second): count for first, second, count in cells})
            for label, name, cells in record["attributes"]
        },
    )


def _record_of_counts(counts: Mapping[str, Counts]) -> Record:
    return {label: [each.first, each.second, each.exact, each.overlap] for label, each in counts.items()}


def _record_of_positions(positions: Positions) -> Record:
    marks = {label: [each.marked, each.disagreeing] for label, each in positions.marks.items()}
    return {"items": positions.items, "values": positions.values, "marks": marks}


def _positions_of(record: Record) -> Positions:
    marks = {label: Marks(*each) for label, each in record["marks"].items()}
    return Positions(record["items"], record["values"], marks)


def _record_of_sets(sets: Coincidences) -> Record:
    margins = sorted([sorted(labels), count] for labels, count in sets.margins.items() if isinstance(labels, frozenset))
    return {"items": sets.items, "values": sets.values, "agreeing": sets.agreeing, "margins": margins}


def _sets_of(record: Record) -> Coincidences:
    margins: dict[Hashable, int] = {frozenset(labels): count for labels, count in record["margins"]}
    return Coincidences(record["items"], record["values"], record["agreeing"], margins)
