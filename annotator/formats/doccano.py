"""doccano's JSONL, the old shape and the new one. Offsets count UTF-16 units: its editor runs in the browser."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

import orjson

from annotator.formats.gathering import UTF16, Gathering
from annotator.formats.json_elements import iterate_elements
from annotator.formats.loss_tracker import RELATIONS, LossTracker
from annotator.formats.reading import LONGEST_TITLE, IncomingDocument
from annotator.formats.recipes import Arrival, ExportContext, ExportDocument, Head, Incoming, Piece, Recipe
from annotator.formats.records import identifier_of
from annotator.formats.safe_names import SafeNames
from annotator.formats.shapes import SetRecord
from annotator.formats.sniffing import first_record, list_of
from annotator.text.digest import text_digest
from annotator.text.offsets import Utf16Offsets

_OWN = {"id", "text", "data", "label", "labels", "entities", "relations", "annotations", "Comments", "comments",
        "meta", "title", "annotator"}  # fmt: skip


def read_doccano(incoming: Incoming) -> Iterator[Arrival]:
    """Yield a document for each record; the file is named after its annotator, as doccano does."""
    with incoming.open() as stream:
        for number, record in enumerate(iterate_elements(stream), 1):
            place = f"record {number}"
            if isinstance(record, dict):
                yield _document(record, incoming, place, number)
            else:
                yield Arrival(place, problems=("A record of doccano is an object.",))


def _document(record: dict[str, Any], incoming: Incoming, place: str, number: int) -> Arrival:
    text = record.get("text", record.get("data"))
    if not isinstance(text, str) or not text.strip():
        return Arrival(place, problems=("The record has no text.",))
    gathering = Gathering(text, unit=incoming.choices.get("offsets", UTF16))
    _gather(gathering, record)
    notes = gathering.notes
    if not text.isascii() and "offsets" not in incoming.choices and _is_ambiguous(record, text):
        notes = [*notes, "Offsets were read as UTF-16 units; where they count code points, say so in the mapping."]
    if list_of(record, "Comments") or list_of(record, "comments"):
        notes = [*notes, "Comments on the document were left out."]
    annotator = incoming.choices.get("annotator") or str(record.get("annotator") or incoming.stem)
    given = record.get("meta")
    meta = {**(given if isinstance(given, dict) else {}), **{name: record[name] for name in record if name not in _OWN}}
    document = IncomingDocument(
        identifier_of(record.get("id"), incoming.stem, number),
        str(record.get("title") or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        meta,
        {annotator: gathering.as_set()},
    )
    return Arrival(place, document, tuple(gathering.problems), tuple(notes))


def _gather(gathering: Gathering, record: Mapping[str, Any]) -> None:
    for label in (*list_of(record, "label"), *list_of(record, "labels")):
        if isinstance(label, list) and len(label) == 3:
            gathering.add_span(None, label[2], [label[:2]])
        else:
            gathering.problems.append(
                f"{str(label)[:80]} is no label with start and end; labels of documents are lost."
            )
    for entity in (*list_of(record, "entities"), *list_of(record, "annotations")):
        if isinstance(entity, dict):
            pair = (entity.get("start_offset"), entity.get("end_offset"))
            gathering.add_span(entity.get("id"), entity.get("label"), [pair])
        else:
            gathering.problems.append(f"{str(entity)[:80]} is no entity.")
    for relation in list_of(record, "relations"):
        if isinstance(relation, dict):
            ends = (relation.get("from_id"), relation.get("to_id"))
            gathering.add_relation(f"r{relation.get('id')}", relation.get("type"), *ends)


def _is_ambiguous(record: Mapping[str, Any], text: str) -> bool:
    """Whether a span ends behind a character of two units, so that the two ways to count differ."""
    units = Utf16Offsets(text)
    first = next((at for at in range(len(text)) if text[at] > "\uffff"), None)
    ends = [label[1] for key in ("label", "labels") for label in list_of(record, key) if isinstance(label, list)]
    entities = (*list_of(record, "entities"), *list_of(record, "annotations"))
    ends += [entity.get("end_offset") for entity in entities if isinstance(entity, dict)]
    return units.units > units.code_points and any(isinstance(end, int) and end > (first or 0) for end in ends)


def write_doccano(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a line a set, in a file for each annotator, in the shape with entities and relations."""
    names = SafeNames()
    for entry in documents:
        tracker = LossTracker(entry, context.losses, carried={RELATIONS})
        units = Utf16Offsets(entry.document["text"])
        for annotator, record in entry.sets.items():
            yield f"{names.of(annotator)}.jsonl", _line(entry, annotator, record, tracker, units)


def _line(entry: ExportDocument, annotator: str, record: SetRecord, tracker: LossTracker, units: Utf16Offsets) -> bytes:
    entities: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    counter = count(1)
    for span in tracker.spans(annotator, record):
        for start, end in span["fragments"]:
            number = next(counter)
            numbers.setdefault(span["id"], number)
            offsets = {"start_offset": units.to_utf16(start), "end_offset": units.to_utf16(end)}
            entities.append({"id": number, "label": span["label"], **offsets})
    relations = [
        {"id": number, "from_id": numbers[one["from"]], "to_id": numbers[one["to"]], "type": one["label"]}
        for number, one in enumerate(tracker.relations(annotator, record), 1)
    ]
    document = entry.document
    line = {"id": document["id"], "text": document["text"], "entities": entities, "relations": relations,
            "Comments": [], "annotator": annotator, "title": document["title"], "meta": document["meta"]}  # fmt: skip
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _sniff(head: Head) -> float:
    record = first_record(head)
    if not record.keys() & {"text", "data"}:
        return 0.0
    if "entities" in record and "relations" in record:
        return 0.9
    labels = [*list_of(record, "label"), *list_of(record, "labels")]
    if labels and isinstance(labels[0], list) and len(labels[0]) == 3:
        return 0.9
    first = next(iter(list_of(record, "annotations")), None)
    if isinstance(first, dict) and "start_offset" in first:
        return 0.9
    return 0.5 if record.keys() & {"label", "labels", "entities"} and "id" in record else 0.0


RECIPE = Recipe(
    "doccano JSONL",
    (".jsonl",),
    _sniff,
    read=read_doccano,
    write=write_doccano,
    unit="utf-16-code-unit",
    archive=True,
    single=True,
    lost=("Revision, state, schema and guideline version of sets.", "Ids of spans and relations: they are numbered."),
)
