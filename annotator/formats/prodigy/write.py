"""Writing Prodigy's JSONL: a task for each annotation set, with the tokens that Prodigy's editor needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from annotator.formats.outgoing import (
    ATTRIBUTES,
    ID,
    NOTE,
    ORIGIN,
    RELATIONS,
    SUGGESTION,
    ExportContext,
    ExportDocument,
    LossTracker,
    Piece,
)
from annotator.formats.records import RelationRecord, SetRecord, SpanRecord
from annotator.text.rules import TextRules
from annotator.text.tokens import split_tokens

_CARRIED = {ATTRIBUTES, NOTE, ORIGIN, RELATIONS, ID, SUGGESTION}


def write_prodigy(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a task for each set, with the tokens that its editor needs."""
    for export in documents:
        tracker = LossTracker(export, context.losses, carried=_CARRIED)
        for annotator, record in export.sets.items():
            yield (
                "",
                orjson.dumps(
                    _task(export, annotator, record, tracker, context.rules), option=orjson.OPT_APPEND_NEWLINE
                ),
            )


def _task(
    export: ExportDocument, annotator: str, record: SetRecord, tracker: LossTracker, rules: TextRules
) -> dict[str, Any]:
    document = export.document
    text = document["text"]
    chosen = [(span, place) for span in tracker.spans(annotator, record) for place in span["fragments"]]
    tokens = list(split_tokens(text, [edge for _, place in chosen for edge in place], rules.tokens))
    spans = _spans(text, chosen, tokens)
    of = {span["id"]: span for span in spans}
    relations = [_relation(relation, of) for relation in tracker.relations(annotator, record)]
    meta = {**document["meta"], "id": document["id"], "title": document["title"]}
    rows = [
        {"id": number, "text": text[start:end], "start": start, "end": end, "ws": text[end : end + 1] == " "}
        for number, (start, end) in enumerate(tokens)
    ]
    return {"text": text, "tokens": rows, "spans": spans, "relations": relations, "meta": meta,
            "_annotator_id": annotator, "answer": "accept"}  # fmt: skip


def _spans(
    text: str, chosen: Sequence[tuple[SpanRecord, Sequence[int]]], tokens: Sequence[tuple[int, int]]
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
        if span.get("suggestion"):
            made["suggestion"] = span["suggestion"]
        # A span that starts or ends in white space has no token there.
        if start in first and end in last:
            made |= {"token_start": first[start], "token_end": last[end]}
        spans.append(made)
    return spans


def _relation(relation: RelationRecord, of: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    ends = [of[relation["from"]], of[relation["to"]]]
    head, child = ({name: end[name] for name in PLACE if name in end} for end in ends)
    made = {"id": relation["id"], "label": relation["label"], "head_span": head, "child_span": child}
    if "token_end" in head and "token_end" in child:
        made |= {"head": head["token_end"], "child": child["token_end"]}
    return made


PLACE = ("id", "start", "end", "label", "token_start", "token_end")
