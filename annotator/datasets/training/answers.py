"""Instructions for language models, made from the schema, and expected answers, made from spans and relations."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from annotator.datasets.training.rows import sorted_attributes
from annotator.formats.outgoing import LossTracker
from annotator.formats.records import SetRecord, SpanRecord

TASK = (
    "Annotate the text. Answer with one JSON object and nothing else: "
    '{"spans": [{"id", "label", "quotes", "offsets", "attributes"}], "relations": [{"label", "from", "to"}]}. '
    "Number the spans from 1 in the order of the text. A span has one quote or, when it is interrupted, several; copy "
    "each exactly. Offsets are [start, end) of each quote, counted in Unicode code points from 0. Relations name spans "
    "by number."
)


def instruction_of(schema: Mapping[str, Any]) -> str:
    """Return the instruction: the structure of the answer, then labels, attributes with their values, relations."""
    return "\n".join([TASK, "", "Labels:", *_labels(schema), *_relations(schema)])


def _labels(schema: Mapping[str, Any]) -> Iterator[str]:
    for label in schema["labels"]:
        yield _item(label)
        for attribute in label.get("attributes") or ():
            choices = [choice["id"] for choice in attribute.get("choices") or ()]
            values = ", ".join(choices) if choices else "text"
            yield f"  - {attribute['id']}: {values}"


def _relations(schema: Mapping[str, Any]) -> Iterator[str]:
    relations = schema.get("relations") or ()
    if relations:
        yield ""
        yield "Relations:"
    for relation in relations:
        yield _item(relation)
        yield f"  - from {', '.join(relation['from'])} to {', '.join(relation['to'])}"


def _item(definition: Mapping[str, Any]) -> str:
    description = " ".join(str(definition.get("description") or "").split())
    return f"- {definition['id']}: {description}" if description else f"- {definition['id']}"


def answer_of(text: str, annotator: str, record: SetRecord, tracker: LossTracker) -> str:
    """Return the answer as JSON: spans numbered from 1 with exact quotes and offsets, relations between numbers."""
    spans = list(tracker.spans(annotator, record))
    numbers = {span["id"]: number for number, span in enumerate(spans, 1)}
    relations = [
        {"label": relation["label"], "from": numbers[relation["from"]], "to": numbers[relation["to"]]}
        for relation in tracker.relations(annotator, record)
    ]
    relations.sort(key=lambda relation: (relation["from"], relation["to"], relation["label"]))
    answer = {
        "spans": [_span_answer(text, number, span) for number, span in enumerate(spans, 1)],
        "relations": relations,
    }
    return orjson.dumps(answer).decode()


def _span_answer(text: str, number: int, span: SpanRecord) -> dict[str, Any]:
    return {
        "id": number,
        "label": span["label"],
        "quotes": [text[start:end] for start, end in span["fragments"]],
        "offsets": span["fragments"],
        "attributes": sorted_attributes(span),
    }
