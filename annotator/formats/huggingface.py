"""Rows for Hugging Face `datasets`: a row a set, of the same columns throughout. Offsets count code points."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from annotator.formats.gathering import CODE_POINTS, Gathering
from annotator.formats.json_elements import iterate_elements
from annotator.formats.loss_tracker import ATTRIBUTES, ID, NOTE, ORIGIN, PARTS, RELATIONS, LossTracker
from annotator.formats.reading import LONGEST_TITLE, IncomingDocument
from annotator.formats.recipes import Arrival, ExportContext, ExportDocument, Head, Incoming, Piece, Recipe
from annotator.formats.records import identifier_of
from annotator.formats.shapes import SetRecord
from annotator.formats.sniffing import first_record, list_of
from annotator.formats.tagging import gather_tags
from annotator.text.digest import text_digest

_CARRIED = {PARTS, ATTRIBUTES, NOTE, ORIGIN, RELATIONS, ID}
TAGS = ("ner_tags", "tags", "labels")


def read_rows(incoming: Incoming) -> Iterator[Arrival]:
    """Yield a document for each row: of ours, or with tokens and tags."""
    with incoming.open() as stream:
        for number, row in enumerate(iterate_elements(stream), 1):
            place = f"row {number}"
            if isinstance(row, dict):
                yield row_document(row, incoming, place, number)
            else:
                yield Arrival(place, problems=("A row must be an object.",))


def row_document(row: dict[str, Any], incoming: Incoming, place: str, number: int) -> Arrival:
    """Return the document of a row."""
    text, tokens = row.get("text"), row.get("tokens")
    if not isinstance(text, str) and isinstance(tokens, list):
        text = " ".join(map(str, tokens))
    if not isinstance(text, str) or not text.strip():
        return Arrival(place, problems=("The row has neither a text nor tokens.",))
    gathering = Gathering(text, unit=incoming.choices.get("offsets", CODE_POINTS))
    tags = next((row[name] for name in TAGS if isinstance(row.get(name), list)), None)
    if isinstance(row.get("spans"), list):
        _gather(gathering, row)
    elif tags is not None and isinstance(tokens, list):
        gather_tags(gathering, text, [str(token) for token in tokens], tags)
    annotator = incoming.choices.get("annotator") or str(row.get("annotator") or incoming.stem)
    document = IncomingDocument(
        identifier_of(row.get("id"), incoming.stem, number),
        str(row.get("title") or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        _meta(row.get("meta")),
        {annotator: gathering.as_set()},
    )
    return Arrival(place, document, tuple(gathering.problems), tuple(gathering.notes))


def _meta(given: Any) -> dict[str, Any]:
    """Return meta out of JSON in a string, as we write it, or as it is."""
    try:
        found = orjson.loads(given) if isinstance(given, str) and given else given
    except orjson.JSONDecodeError:
        found = {"meta": given}
    return found if isinstance(found, dict) else {}


def _gather(gathering: Gathering, row: dict[str, Any]) -> None:
    for span in list_of(row, "spans"):
        if not isinstance(span, dict):
            gathering.problems.append(f"{str(span)[:80]} is no span.")
            continue
        fragments = span.get("fragments") or [[span.get("start"), span.get("end")]]
        covered = span.get("text")
        made = gathering.add_span(
            span.get("id"),
            span.get("label"),
            fragments,
            covered=" ".join(covered) if isinstance(covered, list) else covered,
            attributes=_attributes(span.get("attributes")),
            note=str(span.get("note") or ""),
        )
        if made is not None:
            gathering.set_origin(made, span.get("origin"))
    for one in list_of(row, "relations"):
        if isinstance(one, dict):
            gathering.add_relation(one.get("id"), one.get("label"), one.get("from"), one.get("to"))


def _attributes(given: Any) -> Mapping[str, Any]:
    if isinstance(given, list):
        return {str(pair["name"]): pair.get("value") for pair in given if isinstance(pair, dict) and "name" in pair}
    return given if isinstance(given, dict) else {}


def rows_of(entry: ExportDocument, context: ExportContext) -> Iterator[dict[str, Any]]:
    """Yield a row a set. Every row has the same columns of the same types, so that they make one table."""
    tracker = LossTracker(entry, context.losses, carried=_CARRIED)
    document = entry.document
    meta = orjson.dumps(document["meta"], option=orjson.OPT_SORT_KEYS).decode()
    for annotator, record in entry.sets.items():
        head = {"id": document["id"], "title": document["title"], "text": document["text"],
                "sha256": document["sha256"], "meta": meta, "annotator": annotator}  # fmt: skip
        yield {**head, **_work(document["text"], annotator, record, tracker)}


def _work(text: str, annotator: str, record: SetRecord, tracker: LossTracker) -> dict[str, Any]:
    spans = [
        {
            "id": span["id"],
            "label": span["label"],
            "fragments": [[start, end] for start, end in span["fragments"]],
            "text": [text[start:end] for start, end in span["fragments"]],
            # A list of pairs, for a table has one set of columns and spans have attributes of many names.
            "attributes": [{"name": name, "value": value} for name, value in sorted(span["attributes"].items())],
            "note": span["note"],
            "origin": span["origin"],
        }
        for span in tracker.spans(annotator, record)
    ]
    return {"spans": spans, "relations": tracker.relations(annotator, record)}


def write_rows(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the rows as lines of JSON."""
    for entry in documents:
        for row in rows_of(entry, context):
            yield "", orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _sniff(head: Head) -> float:
    record = first_record(head)
    if "tokens" in record and record.keys() & set(TAGS):
        return 0.9
    span = next(iter(list_of(record, "spans")), None)
    pairs = isinstance(span, dict) and isinstance(span.get("attributes"), list)
    return 0.85 if pairs or (isinstance(record.get("meta"), str) and "annotator" in record) else 0.0


RECIPE = Recipe(
    "Hugging Face rows (JSONL)",
    (".jsonl",),
    _sniff,
    read=read_rows,
    write=write_rows,
    media_type="application/x-ndjson",
    lost=("Revision, state, schema and guideline version of sets.",),
)
