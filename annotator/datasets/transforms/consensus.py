"""The consensus of the annotators of a document.

The spans of all annotators are aligned one to one. Aligned spans become a span of the consensus when more than half of
*all* `n` annotators marked them with the same label; these `k` annotators are its support. Half is not a majority, so
in a tie there is no span. Every span that is outvoted is reported as a loss.

- Boundaries: those that more than half of the `k` annotators chose; otherwise the medoid of their spans, which shares
  most with the others (the sum of 2 * shared / (sum of lengths)); of equal ones the shorter, then the earlier. So all
  boundaries were chosen by an annotator.
- Attributes: each value that more than half of the `k` annotators chose; without such a value there is no attribute.
- Where some annotators marked several spans and others one, the number of spans is that of more than half of all
  annotators, and only these annotators count.
- Relations: those that more than half of all annotators drew with that label between the supported spans.

The result does not depend on the order or the names of the annotators. The set of a single annotator is exported
unchanged, with k = n = 1.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ExportDocument, LossReport
from annotator.formats.records import RelationRecord, SetRecord, SpanRecord
from annotator.measures.alignment import (
    AlignedUnit,
    Fragments,
    RelationContent,
    SetContent,
    SpanContent,
    align,
    length,
    shared_points,
)

NAME = "consensus"
SpanKey = tuple[int, int]
"""The number of an annotator, and the row of one of their spans."""


@dataclass(frozen=True)
class Voter:
    """An annotator, with spans and relations in an order that depends only on their content."""

    name: str
    spans: Sequence[SpanRecord]
    relations: Sequence[RelationRecord]
    seen: SetContent


class Elected(NamedTuple):
    """A span of the consensus, and the spans that support it."""

    fragments: Fragments
    label: str
    attributes: Mapping[str, str]
    supporters: Sequence[SpanKey]


def consensus_of(entry: ExportDocument, losses: LossReport) -> ExportDocument:
    """Return a document with the consensus in place of the sets of its annotators."""
    voters = _voters(entry.sets)
    elected = sorted(_elected(voters), key=lambda span: (*span.fragments, span.label, sorted(span.attributes.items())))
    names = [f"c{number}" for number in range(1, len(elected) + 1)]
    by_key = {key: name for span, name in zip(elected, names, strict=True) for key in span.supporters}
    spans = [_span(name, span, voters) for span, name in zip(elected, names, strict=True)]
    relations, drawn = _relations(voters, by_key)
    _report_losses(entry.document["id"], voters, by_key, drawn, losses)
    return ExportDocument(entry.document, {NAME: _record(entry.sets, spans, relations)})


def _voters(sets: Mapping[str, SetRecord]) -> list[Voter]:
    voters = [_voter(name, record) for name, record in sets.items()]
    return sorted(
        voters, key=lambda voter: ([_content(span) for span in voter.seen.spans], _relation_keys(voter), voter.name)
    )


def _voter(name: str, record: SetRecord) -> Voter:
    seen = [
        (SpanContent(span["label"], tuple((start, end) for start, end in span["fragments"]), span["attributes"]), span)
        for span in record["spans"]
    ]
    seen.sort(key=lambda pair: (*_content(pair[0]), pair[1]["id"]))
    rows = {span["id"]: row for row, (_, span) in enumerate(seen)}
    arrows = [
        (relation["label"], rows[relation["from"]], rows[relation["to"]], relation) for relation in record["relations"]
    ]
    arrows.sort(key=lambda arrow: arrow[:3])
    relations = [RelationContent(label, source, target) for label, source, target, _ in arrows]
    return Voter(
        name, [span for _, span in seen], [one for *_, one in arrows], SetContent([one for one, _ in seen], relations)
    )


def _content(span: SpanContent) -> tuple[Fragments, str, list[tuple[str, str]]]:
    return span.fragments, span.label, sorted(span.attributes.items())


def _relation_keys(voter: Voter) -> list[tuple[str, int, int]]:
    return [(relation.label, relation.source, relation.target) for relation in voter.seen.relations]


def _elected(voters: Sequence[Voter]) -> Iterator[Elected]:
    units = align({f"{number:06}": voter.seen for number, voter in enumerate(voters)}).units
    for unit in units:
        for column in _columns(unit, len(voters)):
            spans = {key: voters[key[0]].seen.spans[key[1]] for key in column}
            label, count = Counter(span.label for span in spans.values()).most_common(1)[0]
            if 2 * count > len(voters):
                yield _elect(label, {key: span for key, span in spans.items() if span.label == label})


def _columns(unit: AlignedUnit, voters: int) -> list[list[SpanKey]]:
    """Return the aligned spans of a unit, in as many parts as more than half of all annotators marked."""
    rows = {int(author): own for author, own in unit.rows.items()}
    parts, count = Counter(map(len, rows.values())).most_common(1)[0]
    if 2 * count <= voters:
        return []
    return [[(author, own[part]) for author, own in rows.items() if len(own) == parts] for part in range(parts)]


def _elect(label: str, spans: Mapping[SpanKey, SpanContent]) -> Elected:
    edges = Counter(span.fragments for span in spans.values())
    fragments, count = edges.most_common(1)[0]
    if 2 * count <= len(spans):
        fragments = _medoid([span.fragments for span in spans.values()])
    given = Counter(pair for span in spans.values() for pair in span.attributes.items())
    attributes = {name: value for (name, value), votes in sorted(given.items()) if 2 * votes > len(spans)}
    return Elected(fragments, label, attributes, list(spans))


def _medoid(candidates: Sequence[Fragments]) -> Fragments:
    """Return the fragments that share most with the others."""

    def closeness(edges: Fragments) -> float:
        # The exact sum, rounded once, so that the order of the annotators does not matter.
        return fsum(2 * shared_points(edges, other) / (length(edges) + length(other)) for other in candidates)

    return min(candidates, key=lambda edges: (-closeness(edges), length(edges), edges))


def _span(name: str, elected: Elected, voters: Sequence[Voter]) -> SpanRecord:
    origins = {voters[author].spans[row]["origin"] for author, row in elected.supporters}
    return {
        "id": name,
        "label": elected.label,
        "fragments": [[start, end] for start, end in elected.fragments],
        "attributes": elected.attributes,
        "note": "",
        "origin": max(origins),
        "support": {"k": len(elected.supporters), "n": len(voters)},
        "sources": sorted(voters[author].name for author, _ in elected.supporters),
    }


def _relations(
    voters: Sequence[Voter], by_key: Mapping[SpanKey, str]
) -> tuple[list[RelationRecord], Mapping[tuple[str, str, str], Sequence[str]]]:
    """Return the relations of the consensus, and who drew each relation between its spans."""
    drawn: dict[tuple[str, str, str], list[str]] = {}
    for author, voter in enumerate(voters):
        arrows = {
            (relation.label, by_key[author, relation.source], by_key[author, relation.target])
            for relation in voter.seen.relations
            if (author, relation.source) in by_key and (author, relation.target) in by_key
        }
        for arrow in arrows:
            drawn.setdefault(arrow, []).append(voter.name)
    majority = sorted(
        (arrow for arrow, names in drawn.items() if 2 * len(names) > len(voters)),
        key=lambda arrow: (arrow[0], _number(arrow[1]), _number(arrow[2])),
    )
    relations: list[RelationRecord] = [
        {
            "id": f"r{number}",
            "label": label,
            "from": source,
            "to": target,
            "support": {"k": len(drawn[label, source, target]), "n": len(voters)},
            "sources": sorted(drawn[label, source, target]),
        }
        for number, (label, source, target) in enumerate(majority, 1)
    ]
    return relations, drawn


def _number(name: str) -> int:
    return int(name[1:])


def _report_losses(
    document: str,
    voters: Sequence[Voter],
    by_key: Mapping[SpanKey, str],
    drawn: Mapping[tuple[str, str, str], Sequence[str]],
    losses: LossReport,
) -> None:
    """Report every span and relation that was outvoted."""
    for author, voter in sorted(enumerate(voters), key=lambda pair: pair[1].name):
        for row, span in enumerate(voter.spans):
            if (author, row) not in by_key:
                losses.add(document, voter.name, span["id"], "span", reason("outvoted_span"))
        for relation, seen in zip(voter.relations, voter.seen.relations, strict=True):
            ends = by_key.get((author, seen.source)), by_key.get((author, seen.target))
            if None in ends:
                losses.add(document, voter.name, relation["id"], "relation", reason("outvoted_end"))
            elif 2 * len(drawn[relation["label"], str(ends[0]), str(ends[1])]) <= len(voters):
                losses.add(document, voter.name, relation["id"], "relation", reason("outvoted_relation"))


def _record(
    sets: Mapping[str, SetRecord], spans: Sequence[SpanRecord], relations: Sequence[RelationRecord]
) -> SetRecord:
    made: SetRecord = {
        "spans": spans,
        "relations": relations,
        "made_of": {name: record.get("revision", 0) for name, record in sets.items()},
    }
    schemas = [record["schema_version"] for record in sets.values() if "schema_version" in record]
    guidelines = [record["guideline_version"] for record in sets.values() if "guideline_version" in record]
    if schemas:
        made["schema_version"] = max(schemas)
    if guidelines:
        made["guideline_version"] = max(guidelines)
    return made
