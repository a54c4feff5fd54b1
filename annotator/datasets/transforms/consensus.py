"""The consensus of the annotators of a document, as records of an export.

`annotator.measures.consensus` has the rule. Every span and relation that is outvoted is reported as a loss. The result
does not depend on the order or the names of the annotators. The set of a single annotator is exported unchanged, with
k = n = 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ExportDocument, LossReport
from annotator.formats.records import DocumentValue, RelationRecord, SetRecord, SpanRecord
from annotator.measures.alignment import Fragments, RelationContent, SetContent, SpanContent
from annotator.measures.consensus import Elected, SpanKey, drawn_relations, elect_relations, elect_spans

NAME = "consensus"


@dataclass(frozen=True)
class Voter:
    """An annotator, with spans and relations in an order that depends only on their content."""

    name: str
    spans: Sequence[SpanRecord]
    relations: Sequence[RelationRecord]
    seen: SetContent


def consensus_of(entry: ExportDocument, losses: LossReport) -> ExportDocument:
    """Return a document with the consensus in place of the sets of its annotators."""
    voters = _voters(entry.sets)
    elected = elect_spans([voter.seen for voter in voters])
    names = [f"c{number}" for number in range(1, len(elected) + 1)]
    by_key = {key: name for span, name in zip(elected, names, strict=True) for key in span.supporters}
    spans = [_span(name, span, voters) for span, name in zip(elected, names, strict=True)]
    relations, drawn = _relations(voters, elected)
    _report_losses(entry.document["id"], voters, by_key, drawn, losses)
    record = _record(entry.sets, spans, relations)
    if values := _document_attributes(entry, losses):
        record["document_attributes"] = values
    return ExportDocument(entry.document, {NAME: record})


def _document_attributes(entry: ExportDocument, losses: LossReport) -> dict[str, DocumentValue]:
    """Return the values of the document that more than half of the annotators chose; report the others as losses."""
    chosen: dict[str, DocumentValue] = {}
    values = {name: record.get("document_attributes", {}) for name, record in sorted(entry.sets.items())}
    for attribute in sorted({attribute for own in values.values() for attribute in own}):
        given = {name: own[attribute] for name, own in values.items() if attribute in own}
        for value in given.values():
            if 2 * sum(other == value for other in given.values()) > len(values):
                chosen[attribute] = value
        for name, value in given.items():
            if chosen.get(attribute) != value:
                losses.add(
                    entry.document["id"],
                    name,
                    "",
                    "document_attributes",
                    reason("outvoted_document_attribute", attribute),
                )
    return chosen


def _voters(sets: Mapping[str, SetRecord]) -> list[Voter]:
    voters = [voter_of(name, record) for name, record in sets.items()]
    return sorted(
        voters, key=lambda voter: ([_content(span) for span in voter.seen.spans], _relation_keys(voter), voter.name)
    )


def voter_of(name: str, record: SetRecord) -> Voter:
    """Return the annotator of a set."""
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
    voters: Sequence[Voter], elected: Sequence[Elected]
) -> tuple[list[RelationRecord], Mapping[tuple[str, str, str], Sequence[str]]]:
    """Return the relations of the consensus, and who drew each relation between its spans."""
    drawn = drawn_relations([voter.seen for voter in voters], elected)
    relations: list[RelationRecord] = [
        {
            "id": f"r{number}",
            "label": label,
            "from": f"c{source + 1}",
            "to": f"c{target + 1}",
            "support": {"k": len(drawn[label, source, target]), "n": len(voters)},
            "sources": sorted(voters[author].name for author in drawn[label, source, target]),
        }
        for number, (label, source, target) in enumerate(elect_relations(drawn, len(voters)), 1)
    ]
    names = {
        (label, f"c{source + 1}", f"c{target + 1}"): [voters[author].name for author in authors]
        for (label, source, target), authors in drawn.items()
    }
    return relations, names


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
