"""Writing spaCy's own files, `.spacy` (a `DocBin`): a span group for each annotator, with complete spans.

What spans of spaCy cannot hold is stored in the attributes of its group: `attributes`, `notes` and `origins` by the
id of a span, `relations`, and `discontinuous`, the ids whose spans are the fragments of one.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from annotator.formats.docbin.read import ENDING
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
    batches,
)
from annotator.formats.records import SetRecord, SpanRecord
from annotator.formats.tokens import restorable_tokens

DOCUMENTS_A_FILE = 500


CHARACTERS_A_FILE = 5_000_000


_CARRIED = {PARTS, ATTRIBUTES, NOTE, ORIGIN, RELATIONS, ID}


_STORED = 0


def write_docbin(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a file for every 500 documents, fewer long ones; spaCy reads a folder of them as one corpus."""
    parts = batches(documents, most=DOCUMENTS_A_FILE, size=_characters, largest=CHARACTERS_A_FILE)
    for number, part in enumerate(parts, 1):
        yield f"part-{number:05}{ENDING}", _file(part, context)


def _characters(export: ExportDocument) -> int:
    return len(export.document["text"])


def _file(part: Sequence[ExportDocument], context: ExportContext) -> bytes:
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocab = Vocab()
    packed = DocBin(attrs=["ORTH"], store_user_data=True)
    for export in part:
        packed.add(_doc(export, vocab, context))
    # Compressed bytes depend on the version of zlib; stored ones do not.
    return zlib.compress(zlib.decompress(packed.to_bytes()), _STORED)


def _doc(export: ExportDocument, vocab: Any, context: ExportContext) -> Any:
    """Return a document as a `spacy.tokens.Doc`."""
    from spacy.tokens import Doc, SpanGroup

    tracker = LossTracker(export, context.losses, carried=_CARRIED)
    document = export.document
    text = document["text"]
    sets = {name: list(tracker.spans(name, record)) for name, record in export.sets.items()}
    boundaries = [pair for spans in sets.values() for span in spans for pair in span["fragments"]]
    tokens = list(restorable_tokens(text, [start for start, _ in boundaries], [end for _, end in boundaries]))
    following = [*(start for start, _ in tokens[1:]), len(text)]
    doc = Doc(
        vocab,
        words=[text[start:end] for start, end in tokens],
        spaces=[end < after for (_, end), after in zip(tokens, following, strict=True)],
    )
    first = {start: index for index, (start, _) in enumerate(tokens)}
    last = {end: index + 1 for index, (_, end) in enumerate(tokens)}
    for name, spans in sets.items():
        made = [_span(doc, span, first[start], last[end]) for span in spans for start, end in span["fragments"]]
        attributes = _details(spans, export.sets[name], tracker, name)
        doc.spans[name] = SpanGroup(doc, name=name, attrs=attributes, spans=made)
    meta = orjson.dumps(document["meta"], option=orjson.OPT_SORT_KEYS).decode()
    doc.user_data["document"] = {"id": document["id"], "title": document["title"], "meta": meta}
    return doc


def _span(doc: Any, span: SpanRecord, start: int, end: int) -> Any:
    from spacy.tokens import Span

    return Span(doc, start, end, label=span["label"], span_id=span["id"])


def _details(spans: Sequence[SpanRecord], record: SetRecord, tracker: LossTracker, annotator: str) -> dict[str, Any]:
    """Return the details of the spans of a group, in the same order with every database."""
    return {
        "attributes": {span["id"]: dict(sorted(span["attributes"].items())) for span in spans if span["attributes"]},
        "notes": {span["id"]: span["note"] for span in spans if span["note"]},
        "origins": {span["id"]: span["origin"] for span in spans},
        "discontinuous": [span["id"] for span in spans if len(span["fragments"]) > 1],
        "relations": [
            {"id": one["id"], "label": one["label"], "from": one["from"], "to": one["to"]}
            for one in tracker.relations(annotator, record)
        ],
    }
