"""Writing W3C Web Annotation (JSON-LD): a page of annotations beside each text. Offsets count code points.

A span is an annotation whose targets are its fragments; a relation is one that links two annotations.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import orjson

from annotator.formats.file_names import FileNames
from annotator.formats.outgoing import (
    ATTRIBUTES,
    ID,
    NOTE,
    ORIGIN,
    PARTS,
    RELATIONS,
    ExportContext,
    ExportDocument,
    LossTracker,
    Piece,
)
from annotator.formats.records import RelationRecord, SpanRecord
from annotator.formats.web_annotation.read import CONTEXT, ENDING, EXTENSION

_CARRIED = {PARTS, ATTRIBUTES, NOTE, ORIGIN, RELATIONS, ID}


_AROUND = 32


def write_web_annotation(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield each text and, beside it, the page of its annotations."""
    names = FileNames()
    for export in documents:
        document = export.document
        name = names.of(document["id"])
        mark = "\ufeff" if document["text"].startswith("\ufeff") else ""
        yield f"{name}.txt", (mark + document["text"]).encode()
        tracker = LossTracker(export, context.losses, carried=_CARRIED)
        items: list[dict[str, Any]] = []
        for annotator, record in export.sets.items():
            spans = tracker.spans(annotator, record)
            items += [_span(annotator, span, f"{name}.txt", document["text"]) for span in spans]
            items += [_relation(annotator, relation) for relation in tracker.relations(annotator, record)]
        page = _page(export, items)
        yield f"{name}{ENDING}", orjson.dumps(page, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _page(export: ExportDocument, items: list[dict[str, Any]]) -> dict[str, Any]:
    document = export.document
    head = {"id": document["id"], "title": document["title"], "sha256": document["sha256"], "meta": document["meta"]}
    return {
        "@context": [CONTEXT, EXTENSION],
        "id": f"urn:page:{quote(document['id'], safe='')}",
        "type": "AnnotationPage",
        "document": head,
        "annotators": list(export.sets),
        "items": items,
    }


def _iri(annotator: str, identifier: str) -> str:
    return f"urn:span:{quote(annotator, safe='')}:{quote(identifier, safe='')}"


def _span(annotator: str, span: SpanRecord, source: str, text: str) -> dict[str, Any]:
    bodies: list[dict[str, str]] = [_body("tagging", span["label"])]
    bodies += [_body("classifying", value) | {"attribute": name} for name, value in sorted(span["attributes"].items())]
    if span["note"]:
        bodies.append(_body("commenting", span["note"]))
    targets = [{"source": source, "selector": _selectors(start, end, text)} for start, end in span["fragments"]]
    return {"id": _iri(annotator, span["id"]), "type": "Annotation", "motivation": "tagging",
            "creator": _who(annotator), "origin": span["origin"], "body": bodies, "target": targets}  # fmt: skip


def _relation(annotator: str, relation: RelationRecord) -> dict[str, Any]:
    body = [_body("tagging", relation["label"]), {"id": _iri(annotator, relation["to"]), "purpose": "linking"}]
    return {"id": f"urn:relation:{quote(annotator, safe='')}:{quote(relation['id'], safe='')}", "type": "Annotation",
            "motivation": "linking", "creator": _who(annotator), "body": body,
            "target": _iri(annotator, relation["from"])}  # fmt: skip


def _who(annotator: str) -> Mapping[str, str]:
    return {"type": "Person", "nickname": annotator}


def _body(purpose: str, value: str) -> dict[str, str]:
    return {"type": "TextualBody", "purpose": purpose, "value": value}


def _selectors(start: int, end: int, text: str) -> list[dict[str, Any]]:
    quotation = {"type": "TextQuoteSelector", "exact": text[start:end],
                 "prefix": text[max(0, start - _AROUND) : start], "suffix": text[end : end + _AROUND]}  # fmt: skip
    return [{"type": "TextPositionSelector", "start": start, "end": end}, quotation]
