"""Reading doccano's JSONL, old and new version.

Offsets count UTF-16 units, because doccano's editor runs in the browser.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from annotator.formats.incoming import (
    LONGEST_TITLE,
    IncomingDocument,
    IncomingFiles,
    Prediction,
    ReadResult,
    document_id,
)
from annotator.formats.json_files import iterate_elements, list_of, list_problems
from annotator.formats.set_builder import UTF16, SetBuilder, clean_id
from annotator.text.digest import text_digest
from annotator.text.offsets import Utf16Offsets

_OWN = {"id", "text", "data", "label", "labels", "entities", "relations", "annotations", "Comments", "comments",
        "meta", "title", "annotator"}  # fmt: skip


def read_doccano(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each record; doccano names files after annotators."""
    with incoming.open() as stream:
        for number, record in enumerate(iterate_elements(stream), 1):
            location = f"record {number}"
            if isinstance(record, dict):
                yield _document(record, incoming, location, number)
            else:
                yield ReadResult(location, problems=("A record must be an object.",))


def _document(record: dict[str, Any], incoming: IncomingFiles, location: str, number: int) -> ReadResult:
    text = record.get("text", record.get("data"))
    if not isinstance(text, str) or not text.strip():
        return ReadResult(location, problems=("The record has no text.",))
    builder = SetBuilder(text, **incoming.span_options(UTF16))
    builder.problems += list_problems(record, "label", "labels", "entities", "annotations", "relations")
    by_machine = [one for one in list_of(record, "annotations") if isinstance(one, dict) and one.get("manual") is False]
    record = {**record, "annotations": [one for one in list_of(record, "annotations") if one not in by_machine]}
    _gather(builder, record)
    predictions = SetBuilder(text, **incoming.span_options(UTF16))
    _gather(predictions, {"annotations": by_machine})
    notes = builder.notes
    if not text.isascii() and "offsets" not in incoming.options and _is_ambiguous(record, text):
        notes = [*notes, "Offsets were read as UTF-16 units. If they count code points, set “offsets” in the mapping."]
    if list_of(record, "Comments") or list_of(record, "comments"):
        notes = [*notes, "Comments on the document were left out."]
    made_by = Prediction("doccano", "auto-labeling")
    machine = replace(predictions.build(), prediction=made_by, scores=_probabilities(by_machine))
    annotator = incoming.options.get("annotator") or str(record.get("annotator") or incoming.stem)
    given = record.get("meta")
    meta = {**(given if isinstance(given, dict) else {}), **{name: record[name] for name in record if name not in _OWN}}
    document = IncomingDocument(
        document_id(record.get("id"), incoming.stem, number),
        str(record.get("title") or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        meta,
        {annotator: builder.build()} | ({made_by.set_name: machine} if by_machine else {}),
    )
    return ReadResult(location, document, (*builder.problems, *predictions.problems), (*notes, *predictions.notes))


def _probabilities(entities: list[dict[str, Any]]) -> dict[str, float]:
    return {
        clean_id(entity.get("id") or f"s{number}"): float(entity["prob"])
        for number, entity in enumerate(entities, 1)
        if isinstance(entity.get("prob"), int | float)
    }


def _gather(builder: SetBuilder, record: Mapping[str, Any]) -> None:
    for label in (*list_of(record, "label"), *list_of(record, "labels")):
        if isinstance(label, list) and len(label) == 3:
            builder.add_span(None, label[2], [label[:2]])
        else:
            builder.refuse(
                "spans", f"{str(label)[:80]} is not a label with start and end. Labels of documents cannot be imported."
            )
    for entity in (*list_of(record, "entities"), *list_of(record, "annotations")):
        if isinstance(entity, list) and len(entity) == 3:
            builder.add_span(None, entity[2], [entity[:2]])
        elif isinstance(entity, dict):
            pair = (entity.get("start_offset"), entity.get("end_offset"))
            builder.add_span(entity.get("id"), entity.get("label"), [pair])
        else:
            builder.refuse("spans", f"{str(entity)[:80]} is not an entity.")
    for relation in list_of(record, "relations"):
        if isinstance(relation, dict):
            ends = (relation.get("from_id"), relation.get("to_id"))
            given = relation.get("id")
            builder.add_relation(None if given is None else f"r{given}", relation.get("type"), *ends)
        else:
            builder.refuse("relations", f"{str(relation)[:80]} is not a relation.")


def _is_ambiguous(record: Mapping[str, Any], text: str) -> bool:
    """Return whether a span ends after a character of two UTF-16 units, so that the two units differ."""
    units = Utf16Offsets(text)
    first = next((at for at in range(len(text)) if text[at] > "\uffff"), None)
    ends = [label[1] for key in ("label", "labels") for label in list_of(record, key) if isinstance(label, list)]
    entities = (*list_of(record, "entities"), *list_of(record, "annotations"))
    ends += [entity[1] for entity in entities if isinstance(entity, list) and len(entity) == 3]
    ends += [entity.get("end_offset") for entity in entities if isinstance(entity, dict)]
    return units.units > units.code_points and any(isinstance(end, int) and end > (first or 0) for end in ends)
