"""Prodigy's JSONL: a task a line, with spans and relations. Offsets count code points, as Python does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from annotator.formats.gathering import CODE_POINTS, Gathering, clean_id
from annotator.formats.json_elements import iterate_elements
from annotator.formats.loss_tracker import ATTRIBUTES, ID, NOTE, ORIGIN, RELATIONS, LossTracker
from annotator.formats.reading import LONGEST_TITLE, IncomingDocument, IncomingSet
from annotator.formats.recipes import Arrival, ExportContext, ExportDocument, Head, Incoming, Piece, Recipe
from annotator.formats.records import identifier_of
from annotator.formats.shapes import RelationShape, SetRecord, SpanShape
from annotator.formats.sniffing import first_record, list_of
from annotator.formats.tiling import tiles
from annotator.text.digest import text_digest

_CARRIED = {ATTRIBUTES, NOTE, ORIGIN, RELATIONS, ID}
_SIGNS = ("_input_hash", "_task_hash", "_view_id", "_annotator_id", "_session_id", "answer")


def read_prodigy(incoming: Incoming) -> Iterator[Arrival]:
    """Yield a document for each task that has a text."""
    with incoming.open() as stream:
        for number, task in enumerate(iterate_elements(stream), 1):
            place = f"task {number}"
            if isinstance(task, dict) and isinstance(task.get("text"), str) and task["text"].strip():
                yield _document(task, incoming, place, number)
            else:
                yield Arrival(place, problems=("A task must be an object with a text.",))


def _document(task: dict[str, Any], incoming: Incoming, place: str, number: int) -> Arrival:
    text = task["text"]
    gathering = Gathering(text, unit=incoming.choices.get("offsets", CODE_POINTS))
    answer = task.get("answer", "accept")
    sets: dict[str, IncomingSet] = {}
    notes: tuple[str, ...] = ()
    if answer == "accept":
        _gather(gathering, task)
        sets[_annotator(task, incoming)] = gathering.as_set()
        notes = tuple(gathering.notes)
    else:
        notes = (f"The answer was “{str(answer)[:40]}”; the text was taken without annotations.",)
    given = task.get("meta")
    meta = dict(given) if isinstance(given, dict) else {}
    identifier = meta.pop("id", None) or task.get("_input_hash")
    title = str(meta.pop("title", "") or "")[:LONGEST_TITLE]
    document = IncomingDocument(
        identifier_of(identifier, incoming.stem, number), title, text, text_digest(text), meta, sets
    )
    return Arrival(place, document, tuple(gathering.problems), notes)


def _annotator(task: Mapping[str, Any], incoming: Incoming) -> str:
    chosen = incoming.choices.get("annotator")
    return chosen or str(task.get("_annotator_id") or task.get("_session_id") or incoming.stem)


def _gather(gathering: Gathering, task: dict[str, Any]) -> None:
    by_place: dict[Any, str] = {}
    for span in list_of(task, "spans"):
        if not isinstance(span, dict) or span.get("label") is None:
            gathering.problems.append(f"{str(span)[:80]} is no span with a label.")
            continue
        attributes = span.get("attributes")
        made = gathering.add_span(
            span.get("id"),
            span["label"],
            [(span.get("start"), span.get("end"))],
            covered=span["text"] if isinstance(span.get("text"), str) else None,
            attributes=attributes if isinstance(attributes, dict) else None,
            note=str(span.get("note") or ""),
        )
        if made is not None:
            by_place.setdefault(_place(span), made)
            gathering.set_origin(made, span.get("origin"))
    for relation in list_of(task, "relations"):
        if isinstance(relation, dict):
            ends = [_end(relation.get(name), by_place) for name in ("head_span", "child_span")]
            gathering.add_relation(relation.get("id"), relation.get("label"), *ends)


def _end(span: Any, by_place: Mapping[Any, str]) -> str:
    """Return the id of the span that an end of a relation describes."""
    if not isinstance(span, dict):
        return "?"
    return clean_id(span["id"]) if span.get("id") else by_place.get(_place(span), f"at {span.get('start')}")


def _place(span: Mapping[str, Any]) -> tuple[Any, ...]:
    return span.get("start"), span.get("end"), span.get("label")


def write_prodigy(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a task for each set, with the tokens that its editor needs."""
    for entry in documents:
        tracker = LossTracker(entry, context.losses, carried=_CARRIED)
        for annotator, record in entry.sets.items():
            yield "", orjson.dumps(_task(entry, annotator, record, tracker), option=orjson.OPT_APPEND_NEWLINE)


def _task(entry: ExportDocument, annotator: str, record: SetRecord, tracker: LossTracker) -> dict[str, Any]:
    document = entry.document
    text = document["text"]
    chosen = [(span, place) for span in tracker.spans(annotator, record) for place in span["fragments"]]
    tokens = list(tiles(text, [edge for _, place in chosen for edge in place]))
    spans = _spans(text, chosen, tokens)
    of = {span["id"]: span for span in spans}
    relations = [_relation(one, of) for one in tracker.relations(annotator, record)]
    meta = {**document["meta"], "id": document["id"], "title": document["title"]}
    rows = [
        {"id": number, "text": text[start:end], "start": start, "end": end, "ws": text[end : end + 1] == " "}
        for number, (start, end) in enumerate(tokens)
    ]
    return {"text": text, "tokens": rows, "spans": spans, "relations": relations, "meta": meta,
            "_annotator_id": annotator, "answer": "accept"}  # fmt: skip


def _spans(
    text: str, chosen: Sequence[tuple[SpanShape, Sequence[int]]], tokens: Sequence[tuple[int, int]]
) -> list[dict[str, Any]]:
    first = {start: number for number, (start, _) in enumerate(tokens)}
    last = {end: number for number, (_, end) in enumerate(tokens)}
    spans: list[dict[str, Any]] = []
    known: set[str] = set()
    for span, (start, end) in chosen:
        identifier = f"{span['id']}~{start}" if span["id"] in known else span["id"]
        known.add(span["id"])
        made = {"start": start, "end": end, "label": span["label"], "text": text[start:end], "id": identifier,
                "attributes": span["attributes"], "note": span["note"], "origin": span["origin"]}  # fmt: skip
        # A span that begins or ends in white space has no token there.
        if start in first and end in last:
            made |= {"token_start": first[start], "token_end": last[end]}
        spans.append(made)
    return spans


def _relation(relation: RelationShape, of: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    ends = [of[relation["from"]], of[relation["to"]]]
    head, child = ({name: end[name] for name in PLACE if name in end} for end in ends)
    made = {"id": relation["id"], "label": relation["label"], "head_span": head, "child_span": child}
    if "token_end" in head and "token_end" in child:
        made |= {"head": head["token_end"], "child": child["token_end"]}
    return made


PLACE = ("id", "start", "end", "label", "token_start", "token_end")


def _sniff(head: Head) -> float:
    record = first_record(head)
    if "text" not in record:
        return 0.0
    if record.keys() & set(_SIGNS):
        return 0.95
    span = next(iter(list_of(record, "spans")), None)
    simple = isinstance(span, dict) and {"start", "end", "label"} <= span.keys()
    return 0.6 if simple and not record.keys() & {"annotator", "annotators"} else 0.0


RECIPE = Recipe(
    "Prodigy JSONL",
    (".jsonl",),
    _sniff,
    read=read_prodigy,
    write=write_prodigy,
    media_type="application/x-ndjson",
    lost=("Revision, state, schema and guideline version of sets.",),
)
