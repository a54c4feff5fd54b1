"""The transforms of an export: consensus, selection of labels, attributes and notes, layers, quotation marks, windows.

What a transform removes is reported as losses. With default options, documents are unchanged.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.datasets.transforms.consensus import consensus_of
from annotator.datasets.transforms.layers import Discontinuous, Nested, hull, one_layer, parts
from annotator.datasets.transforms.quotation_marks import QuotationMarks, is_direct, with_marks, without_marks
from annotator.datasets.transforms.windows import windows_of
from annotator.formats.loss_reasons import LossReason, reason
from annotator.formats.outgoing import ExportDocument, LossReport
from annotator.formats.records import RelationRecord, SetRecord, SpanRecord
from annotator.text.rules import PRESENT_RULES, TextRules

ATTRIBUTE_POINT = "."
"""Between label and attribute, for an attribute of one label."""


@dataclass(frozen=True)
class TransformOptions:
    """The options of the transforms; `None` for `labels` and `attributes` means all.

    An attribute is named as `name` or as `Label.name`. `window` is the number of context sentences on each side of a
    sentence; None keeps documents whole. Without `negatives`, sets without spans are removed (with `whole`, only
    documents in which no set has a span).
    """

    consensus: bool = False
    labels: frozenset[str] | None = None
    attributes: frozenset[str] | None = None
    notes: bool = True
    discontinuous: Discontinuous = Discontinuous.KEEP
    quotation_marks: QuotationMarks = QuotationMarks.KEEP
    nested: Nested = Nested.KEEP
    window: int | None = None
    negatives: bool = True
    whole: bool = True


Lose = Callable[[str, str, LossReason], None]
"""A function that adds a loss: the id of a span or relation, what of it is lost, and why."""


def transform(
    documents: Iterable[ExportDocument],
    options: TransformOptions,
    losses: LossReport,
    *,
    schema: Mapping[str, Any],
    rules: TextRules = PRESENT_RULES,
) -> Iterator[ExportDocument]:
    """Yield transformed documents in order; a document may become several windows, or none.

    `schema` is the current definition; its `boundaries` say which punctuation a span does not end with.
    """
    trailing = schema.get("boundaries", {}).get("trim_trailing", ())
    transformer = _Transformer(options, losses, frozenset(trailing), rules)
    if options == TransformOptions(whole=options.whole):
        yield from documents
        return
    for entry in documents:
        yield from transformer.transform(entry)


def exported_schema(schema: Mapping[str, Any], options: TransformOptions) -> Mapping[str, Any]:
    """Return a schema definition with only the selected labels and attributes, and relations between these labels."""
    if options.labels is None and options.attributes is None:
        return schema
    labels = [label for label in schema["labels"] if options.labels is None or label["id"] in options.labels]
    known = {label["id"] for label in labels}
    relations = []
    for relation in schema.get("relations", ()):
        ends = {end: [label for label in relation[end] if label in known] for end in ("from", "to")}
        if all(ends.values()):
            relations.append({**relation, **ends})
    return {
        **schema,
        "labels": [_selected_label(label, options.attributes) for label in labels],
        "relations": relations,
    }


def _selected_label(label: Mapping[str, Any], wanted: frozenset[str] | None) -> Mapping[str, Any]:
    if wanted is None:
        return label
    own = label.get("attributes") or ()
    names = [(attribute["id"], f"{label['id']}{ATTRIBUTE_POINT}{attribute['id']}") for attribute in own]
    return {
        **label,
        "attributes": [attribute for attribute, both in zip(own, names, strict=True) if wanted & set(both)],
    }


class _Transformer:
    """Transforms documents by the same options."""

    def __init__(
        self, options: TransformOptions, losses: LossReport, trailing: frozenset[str], rules: TextRules
    ) -> None:
        self._options = options
        self._losses = losses
        self._trailing = trailing
        self._rules = rules
        self._changes = options != TransformOptions(
            consensus=options.consensus, window=options.window, negatives=options.negatives, whole=options.whole
        )

    def transform(self, entry: ExportDocument) -> Iterator[ExportDocument]:
        if self._options.consensus:
            entry = consensus_of(entry, self._losses)
        if self._changes:
            sets = {name: self._set(entry, name, record) for name, record in entry.sets.items()}
            entry = ExportDocument(entry.document, sets)
        windows = iter([entry])
        if self._options.window is not None:
            windows = windows_of(entry, self._options.window, self._losses, self._rules)
        for window in windows:
            if self._options.negatives:
                yield window
            else:
                yield from self._with_spans(window)

    def _with_spans(self, entry: ExportDocument) -> Iterator[ExportDocument]:
        """Yield the document without its sets that have no spans, if any set has spans."""
        marked = {name: record for name, record in entry.sets.items() if record["spans"]}
        for name in entry.sets:
            if name not in marked and not (marked and self._options.whole):
                self._losses.add(entry.document["id"], name, "", "set", reason("no_spans"))
        if marked:
            yield entry if self._options.whole else ExportDocument(entry.document, marked)

    def _set(self, entry: ExportDocument, name: str, record: SetRecord) -> SetRecord:
        def lose(item: str, what: str, why: LossReason) -> None:
            self._losses.add(entry.document["id"], name, item, what, why)

        spans = [self._selected(span, lose) for span in self._with_labels(record, lose)]
        spans = self._in_fragments(spans, {span["id"] for span in record["spans"]}, lose)
        if self._options.quotation_marks is not QuotationMarks.KEEP:
            spans = [self._with_quotation_marks(entry.document["text"], span) for span in spans]
        if self._options.nested is not Nested.KEEP:
            spans, removed = one_layer(spans, self._options.nested)
            for span, other in removed:
                lose(span["id"], "span", reason("layers", other["id"]))
        return {**record, "spans": spans, "relations": _kept_relations(record, spans, lose)}

    def _with_labels(self, record: SetRecord, lose: Lose) -> Iterator[SpanRecord]:
        labels = self._options.labels
        for span in record["spans"]:
            if labels is None or span["label"] in labels:
                yield span
            else:
                lose(span["id"], "span", reason("label_not_selected"))

    def _selected(self, span: SpanRecord, lose: Lose) -> SpanRecord:
        """Return the span without attributes and notes that were not selected."""
        wanted = self._options.attributes
        if wanted is not None and span["attributes"]:
            label = span["label"] + ATTRIBUTE_POINT
            kept = {name: value for name, value in span["attributes"].items() if {name, label + name} & wanted}
            if len(kept) < len(span["attributes"]):
                removed = ", ".join(sorted(span["attributes"].keys() - kept.keys()))
                lose(span["id"], "attributes", reason("attributes_not_selected", removed))
                span = {**span, "attributes": kept}
        if span["note"] and not self._options.notes:
            lose(span["id"], "note", reason("notes_not_selected"))
            span = {**span, "note": ""}
        return span

    def _in_fragments(self, spans: list[SpanRecord], taken: set[str], lose: Lose) -> list[SpanRecord]:
        if self._options.discontinuous is Discontinuous.KEEP:
            return spans
        made: list[SpanRecord] = []
        for span in spans:
            if len(span["fragments"]) == 1:
                made.append(span)
            elif self._options.discontinuous is Discontinuous.HULL:
                lose(span["id"], "fragments", reason("hull", len(span["fragments"])))
                made.append(hull(span))
            else:
                lose(span["id"], "fragments", reason("split", len(span["fragments"])))
                made += parts(span, taken)
        return made

    def _with_quotation_marks(self, text: str, span: SpanRecord) -> SpanRecord:
        if not is_direct(span):
            return span
        if self._options.quotation_marks is QuotationMarks.IN:
            return with_marks(text, span)
        return without_marks(text, span, self._trailing)


def _kept_relations(record: SetRecord, spans: Iterable[SpanRecord], lose: Lose) -> list[RelationRecord]:
    """Return the relations whose spans were both kept."""
    present = {span["id"] for span in spans}
    kept = []
    for relation in record["relations"]:
        if relation["from"] in present and relation["to"] in present:
            kept.append(relation)
        else:
            lose(relation["id"], "relation", reason("end_not_exported"))
    return kept
