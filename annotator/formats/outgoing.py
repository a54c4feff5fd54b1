"""What writers take and give: documents with their annotation sets, bytes, and what a format cannot carry."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from annotator.formats.loss_reasons import LossReason, reason
from annotator.formats.records import DocumentRecord, RelationRecord, SetRecord, SpanRecord
from annotator.text.rules import PRESENT_RULES, TextRules

PARTS, ATTRIBUTES, NOTE, ORIGIN, ID, RELATIONS = "fragments", "attributes", "note", "origin", "id", "relation"


SUPPORT, SUGGESTION, DOCUMENT_ATTRIBUTES = "support", "suggestion", "document_attributes"


Piece = tuple[str, bytes]
"""The name of a file of an export, "" for the only one, and bytes for the end of that file."""


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """One document to export, with its annotation sets by the names to export."""

    document: DocumentRecord
    sets: Mapping[str, SetRecord]


class LossReport(Protocol):
    """A report of everything that a format cannot carry."""

    def add(self, document: str, annotator: str, item: str, what: str, why: LossReason) -> None:
        """Report that `what` of a span or relation `item` ("" for the document) is lost, and why."""


@dataclass(frozen=True, slots=True)
class ExportContext:
    """What a writer gets beside the documents: the current schema definition, and the report for losses.

    `guideline` is the text of the guideline as Markdown, "" for none. The two spans of a possible relation lie at most
    `pair_sentences` sentences apart. `line_per_set` asks JSONL for a line for each annotation set instead of each
    document. `rules` say where sentences and tokens begin and end. `escape_formulas` asks tables for cells that a
    spreadsheet shows and does not run.
    """

    schema: Mapping[str, Any]
    losses: LossReport
    guideline: str = ""
    pair_sentences: int = 1
    line_per_set: bool = False
    rules: TextRules = PRESENT_RULES
    escape_formulas: bool = False


class LossTracker:
    """Yields the annotation sets of one document and reports everything that the format does not carry.

    `carried` names what it carries of a span.
    """

    def __init__(self, export: ExportDocument, losses: LossReport, *, carried: Collection[str]) -> None:
        self._document = export.document["id"]
        self._losses = losses
        self._carried = carried

    def spans(self, annotator: str, record: SetRecord) -> Iterator[SpanRecord]:
        """Yield the spans of a set in the order of the text, and report the losses of each, and of the document."""
        if record.get("document_attributes") and DOCUMENT_ATTRIBUTES not in self._carried:
            self.add_loss(annotator, "", DOCUMENT_ATTRIBUTES, reason("no_document_attributes"))
        for span in in_order(record):
            self._note_losses(annotator, span)
            yield span

    def relations(self, annotator: str, record: SetRecord) -> list[RelationRecord]:
        """Return the relations of a set in order; report each as lost when relations are not carried."""
        relations = sorted(record["relations"], key=_relation_order)
        if RELATIONS in self._carried:
            return relations
        for relation in relations:
            self.add_loss(annotator, relation["id"], RELATIONS, reason("no_relations"))
        return []

    def add_loss(self, annotator: str, item: str, what: str, why: LossReason) -> None:
        """Report a loss."""
        self._losses.add(self._document, annotator, item, what, why)

    def _note_losses(self, annotator: str, span: SpanRecord) -> None:
        if len(span["fragments"]) > 1 and PARTS not in self._carried:
            self.add_loss(annotator, span["id"], PARTS, reason("split", len(span["fragments"])))
        if span["attributes"] and ATTRIBUTES not in self._carried:
            self.add_loss(annotator, span["id"], ATTRIBUTES, reason("no_attributes"))
        if span["note"] and NOTE not in self._carried:
            self.add_loss(annotator, span["id"], NOTE, reason("no_note"))
        if span["origin"] != "manual" and ORIGIN not in self._carried:
            self.add_loss(annotator, span["id"], ORIGIN, reason("no_origin"))
        if span.get("suggestion") and SUGGESTION not in self._carried:
            self.add_loss(annotator, span["id"], SUGGESTION, reason("no_suggestion"))
        if "support" in span and SUPPORT not in self._carried:
            self.add_loss(annotator, span["id"], SUPPORT, reason("no_support"))


def in_order(record: SetRecord) -> list[SpanRecord]:
    """Return the spans of a set by start, end, label and id."""
    return sorted(record["spans"], key=_order)


def _relation_order(relation: RelationRecord) -> tuple[str, str, str, str]:
    return relation["label"], relation["from"], relation["to"], relation["id"]


def _order(span: SpanRecord) -> tuple[int, int, str, str]:
    return span["fragments"][0][0], span["fragments"][-1][1], span["label"], span["id"]


Item = TypeVar("Item")


def batches(items: Iterable[Item], *, most: int, size: Callable[[Item], int], largest: int) -> Iterator[list[Item]]:
    """Yield lists of at most `most` items and of total size `largest`; a larger item is a list of its own.

    >>> list(batches(["a", "bb", "ccc", "d", "e", "f"], most=3, size=len, largest=3))
    [['a', 'bb'], ['ccc'], ['d', 'e', 'f']]
    """
    batch: list[Item] = []
    together = 0
    for item in items:
        own = size(item)
        if batch and (len(batch) >= most or together + own > largest):
            yield batch
            batch, together = [], 0
        batch.append(item)
        together += own
    if batch:
        yield batch
