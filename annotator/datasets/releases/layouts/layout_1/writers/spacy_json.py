"""Writing spaCy's documents as JSON as layout 1 does (`Doc.from_json`), one per line.

Each annotation set is a span group named after its annotator, so that spans may overlap and several annotators fit into
one document.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from annotator.formats.outgoing import ID, ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.tokens import restorable_tokens


def write_spacy(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a Doc for each document, with a span group for each set."""
    for export in documents:
        tracker = LossTracker(export, context.losses, carried={ID})
        document = export.document
        groups: dict[str, list[dict[str, Any]]] = {}
        for annotator, record in export.sets.items():
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
            for number, (start, end) in enumerate(restorable_tokens(document["text"], starts, ends, context.rules))
        ]
        head = {"id": document["id"], "title": document["title"], "meta": document["meta"]}
        line = {"text": document["text"], "tokens": tokens, "ents": [], "spans": groups, "document": head}
        yield "", orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
