"""Writing Label Studio's JSON: tasks with annotations, and a labelling configuration. Offsets count code points."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from annotator.formats.label_studio.read import CHOICES_CONTROL, DOCUMENT_CONTROL, NAMES, NOTE_CONTROL
from annotator.formats.outgoing import (
    ATTRIBUTES,
    DOCUMENT_ATTRIBUTES,
    ID,
    NOTE,
    RELATIONS,
    ExportContext,
    ExportDocument,
    LossTracker,
    Piece,
)
from annotator.formats.records import DocumentValue, RelationRecord, SetRecord, SpanRecord

TASKS, CONFIGURATION = "tasks.json", "labelling-config.xml"


_CARRIED = {ATTRIBUTES, DOCUMENT_ATTRIBUTES, NOTE, RELATIONS, ID}


Definition = Mapping[str, Any]


def write_label_studio(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the tasks as one array, and the labelling configuration that shows them."""
    closed = _closed_attributes(context.schema)
    separator = b"[\n"
    numbers = count(1)
    for number, export in enumerate(documents, 1):
        task = {"id": number, **_task(export, LossTracker(export, context.losses, carried=_CARRIED), closed, numbers)}
        yield TASKS, separator + orjson.dumps(task)
        separator = b",\n"
    yield TASKS, b"\n]\n" if separator == b",\n" else b"[]\n"
    yield CONFIGURATION, configuration(context.schema).encode()


def _task(export: ExportDocument, tracker: LossTracker, closed: set[str], numbers: Iterator[int]) -> dict[str, Any]:
    """Return a task; `numbers` are the ids of annotations, without which Label Studio's converter stops."""
    document = export.document
    data = {"text": document["text"], "id": document["id"], "title": document["title"], "meta": document["meta"],
            NAMES: list(export.sets)}  # fmt: skip
    annotations = [
        {"id": next(numbers), "result": _result(document["text"], annotator, record, tracker, closed)}
        for annotator, record in export.sets.items()
    ]
    return {"data": data, "annotations": annotations}


def _result(
    text: str, annotator: str, record: SetRecord, tracker: LossTracker, closed: set[str]
) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = []
    for span in tracker.spans(annotator, record):
        for number, (start, end) in enumerate(span["fragments"]):
            region = span["id"] if number == 0 else f"{span['id']}~{number + 1}"
            value = {"start": start, "end": end, "text": text[start:end]}
            result.append(_item(region, "label", "labels", value | {"labels": [span["label"]]}))
            result += _details(region, span, value, closed)
    result += _of_document(record.get("document_attributes", {}), closed)
    return result + [_arrow(relation) for relation in tracker.relations(annotator, record)]


def _details(region: str, span: SpanRecord, value: Mapping[str, Any], closed: set[str]) -> Iterator[dict[str, Any]]:
    for name, given in sorted(span["attributes"].items()):
        control = f"{span['label']}_{name}"
        if control in closed:
            yield _item(region, control, "choices", {**value, "choices": [given]})
        else:
            yield _item(region, control, "textarea", {**value, "text": [given]})
    if span["note"]:
        yield _item(region, NOTE_CONTROL, "textarea", {**value, "text": [span["note"]]})


def _of_document(values: Mapping[str, DocumentValue], closed: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the attributes of the document: results that belong to no region."""
    for name, given in sorted(values.items()):
        control = f"{CHOICES_CONTROL if isinstance(given, list) else DOCUMENT_CONTROL}{name}"
        if isinstance(given, list):
            yield _item(control, control, "choices", {"choices": given})
        elif isinstance(given, str):
            kind, member = ("choices", "choices") if control in closed else ("textarea", "text")
            yield _item(control, control, kind, {member: [given]})
        else:
            yield _item(control, control, "number", {"number": given})


def _item(region: str, control: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": region, "from_name": control, "to_name": "text", "type": kind, "value": value}


def _arrow(relation: RelationRecord) -> dict[str, Any]:
    ends = {"from_id": relation["from"], "to_id": relation["to"]}
    return {**ends, "type": "relation", "direction": "right", "labels": [relation["label"]]}


def _closed_attributes(schema: Definition) -> set[str]:
    """Return the controls of attributes with choices; all others are text fields."""
    return {
        f"{label['id']}_{attribute['id']}"
        for label in schema.get("labels", [])
        for attribute in label.get("attributes", [])
        if attribute.get("choices")
    } | {
        f"{DOCUMENT_CONTROL}{attribute['id']}"
        for attribute in schema.get("document_attributes", [])
        if attribute.get("choices")
    }


def configuration(schema: Definition) -> str:
    """Return the labelling configuration for a schema: labels, relations, and the attributes of each label."""
    lines = ["<View>", '  <Labels name="label" toName="text">']
    for label in schema.get("labels", []):
        color = f" background={quoteattr(label['color'])}" if label.get("color") else ""
        lines.append(f"    <Label value={quoteattr(label['id'])}{color}/>")
    lines += ["  </Labels>", '  <Text name="text" value="$text"/>', "  <Relations>"]
    lines += [f"    <Relation value={quoteattr(relation['id'])}/>" for relation in schema.get("relations", [])]
    lines.append("  </Relations>")
    for label in schema.get("labels", []):
        for attribute in label.get("attributes", []):
            lines += _control(label, attribute)
    for attribute in schema.get("document_attributes", []):
        lines += _document_control(attribute)
    note = f'name="{NOTE_CONTROL}" toName="text" perRegion="true"'
    return "\n".join([*lines, f"  <TextArea {note}/>", "</View>", ""])


def _control(label: Definition, attribute: Definition) -> Iterator[str]:
    name = quoteattr(f"{label['id']}_{attribute['id']}")
    when = f'toName="text" perRegion="true" whenTagName="label" whenLabelValue={quoteattr(label["id"])}'
    if attribute.get("choices"):
        yield f'  <Choices name={name} {when} choice="single">'
        for choice in attribute["choices"]:
            yield f"    <Choice value={quoteattr(choice['id'])}/>"
        yield "  </Choices>"
    else:
        yield f'  <TextArea name={name} {when} maxSubmissions="1"/>'


def _document_control(attribute: Definition) -> Iterator[str]:
    is_multiple = attribute.get("type") == "multiple"
    where = f'name={quoteattr((CHOICES_CONTROL if is_multiple else DOCUMENT_CONTROL) + attribute["id"])} toName="text"'
    if attribute.get("choices"):
        yield f'  <Choices {where} choice="{"multiple" if is_multiple else "single"}">'
        yield from (f"    <Choice value={quoteattr(choice['id'])}/>" for choice in attribute["choices"])
        yield "  </Choices>"
    else:
        yield (
            f"  <Number {where}/>" if attribute.get("type") == "number" else f'  <TextArea {where} maxSubmissions="1"/>'
        )
