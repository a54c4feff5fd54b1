"""Writing doccano's JSONL: a file for each annotator. Offsets count UTF-16 units."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import orjson

from annotator.formats.file_names import FileNames
from annotator.formats.outgoing import RELATIONS, ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.records import SetRecord
from annotator.text.offsets import Utf16Offsets


def write_doccano(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a line for each set, in a file for each annotator, with entities and relations."""
    names = FileNames()
    for export in documents:
        tracker = LossTracker(export, context.losses, carried={RELATIONS})
        units = Utf16Offsets(export.document["text"])
        for annotator, record in export.sets.items():
            yield f"{names.of(annotator)}.jsonl", _line(export, annotator, record, tracker, units)


def _line(
    export: ExportDocument, annotator: str, record: SetRecord, tracker: LossTracker, units: Utf16Offsets
) -> bytes:
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
        {"id": number, "from_id": numbers[link["from"]], "to_id": numbers[link["to"]], "type": link["label"]}
        for number, link in enumerate(tracker.relations(annotator, record), 1)
    ]
    document = export.document
    line = {"id": document["id"], "text": document["text"], "entities": entities, "relations": relations,
            "Comments": [], "annotator": annotator, "title": document["title"], "meta": document["meta"]}  # fmt: skip
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
