"""spaCy's documents as JSON (`Doc.to_json`, `Doc.from_json`), one a line. Offsets count code points.

Each set is a span group named after its annotator, so that spans may overlap and several people fit into one document.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import orjson

from annotator.formats.gathering import CODE_POINTS, Gathering
from annotator.formats.json_elements import iterate_elements
from annotator.formats.loss_tracker import ID, LossTracker
from annotator.formats.reading import LONGEST_TITLE, IncomingDocument, IncomingSet
from annotator.formats.recipes import Arrival, ExportContext, ExportDocument, Head, Incoming, Piece, Recipe
from annotator.formats.records import identifier_of
from annotator.formats.sniffing import first_record, list_of
from annotator.formats.tiling import tiles
from annotator.text.digest import text_digest

ENTITIES = "ents"


def read_spacy(incoming: Incoming) -> Iterator[Arrival]:
    """Yield a document for each Doc."""
    with incoming.open() as stream:
        for number, record in enumerate(iterate_elements(stream), 1):
            place = f"document {number}"
            if isinstance(record, dict) and isinstance(record.get("text"), str) and record["text"].strip():
                yield _document(record, incoming, place, number)
            else:
                yield Arrival(place, problems=("A document must be an object with a text.",))


def _document(record: dict[str, Any], incoming: Incoming, place: str, number: int) -> Arrival:
    text = record["text"]
    groups = {str(name): spans for name, spans in _object(record.get("spans")).items() if isinstance(spans, list)}
    if list_of(record, ENTITIES) or (ENTITIES in record and not groups):
        groups[incoming.choices.get("annotator", ENTITIES)] = list_of(record, ENTITIES)
    sets: dict[str, IncomingSet] = {}
    problems, notes = [], []
    for name, spans in groups.items():
        gathering = Gathering(text, unit=incoming.choices.get("offsets", CODE_POINTS))
        for span in spans:
            _add(gathering, span)
        sets[name] = gathering.as_set()
        problems += [f"{name}: {problem}" for problem in gathering.problems]
        notes += [f"{name}: {note}" for note in gathering.notes]
    if record.get("cats"):
        notes.append("Categories of the whole text were left out.")
    own = _object(record.get("document"))
    meta = _object(own.get("meta"))
    document = IncomingDocument(
        identifier_of(own.get("id"), incoming.stem, number),
        str(own.get("title") or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        meta,
        sets,
    )
    return Arrival(place, document, tuple(problems), tuple(notes))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _add(gathering: Gathering, span: Any) -> None:
    if isinstance(span, dict) and span.get("label"):
        reference = span.get("kb_id")
        note = f"kb_id {reference}" if reference else ""
        gathering.add_span(span.get("id"), span["label"], [(span.get("start"), span.get("end"))], note=note)
    else:
        gathering.problems.append(f"{str(span)[:80]} is no span with a label.")


def write_spacy(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a Doc for each document, with a span group for each set."""
    for entry in documents:
        tracker = LossTracker(entry, context.losses, carried={ID})
        document = entry.document
        groups: dict[str, list[dict[str, Any]]] = {}
        for annotator, record in entry.sets.items():
            tracker.relations(annotator, record)
            groups[annotator] = [
                {"start": start, "end": end, "label": span["label"], "kb_id": "", "id": span["id"]}
                for span in tracker.spans(annotator, record)
                for start, end in span["fragments"]
            ]
        starts = {span["start"] for spans in groups.values() for span in spans}
        ends = {span["end"] for spans in groups.values() for span in spans}
        tokens = [
            {"id": number, "start": start, "end": end}
            for number, (start, end) in enumerate(whole_tiles(document["text"], starts, ends))
        ]
        head = {"id": document["id"], "title": document["title"], "meta": document["meta"]}
        line = {"text": document["text"], "tokens": tokens, "ents": [], "spans": groups, "document": head}
        yield "", orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def whole_tiles(text: str, starts: Iterable[int], ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    r"""Yield tokens that leave nothing of a text out but one space after each: what spaCy can put together again.

    A space is a token of its own where a span starts or ends with it.

    >>> list(whole_tiles("Well, \n  no", [], []))
    [(0, 4), (4, 5), (6, 9), (9, 11)]
    """
    starts, ends = set(starts), set(ends)
    cuts = sorted(starts | ends)
    at = 0
    for start, end in [*tiles(text, cuts), (len(text), len(text))]:
        spaces = range(at, start)
        own = not starts.isdisjoint(spaces) or not ends.isdisjoint(place + 1 for place in spaces)
        begin = at if own or not at or text[at : at + 1] != " " or start == at else at + 1
        if begin < start:
            yield from pairwise([begin, *(cut for cut in cuts if begin < cut < start), start])
        if start < end:
            yield start, end
        at = end


def _sniff(head: Head) -> float:
    record = first_record(head)
    if "text" in record and "tokens" in record and record.keys() & {ENTITIES, "sents"}:
        return 0.95
    first = next(iter(list_of(record, ENTITIES)), None)
    return 0.9 if "text" in record and isinstance(first, dict) and "start" in first else 0.0


RECIPE = Recipe(
    "spaCy JSON",
    (".jsonl",),
    _sniff,
    read=read_spacy,
    write=write_spacy,
    media_type="application/x-ndjson",
    lost=("Revision, state, schema and guideline version of sets.",),
)
