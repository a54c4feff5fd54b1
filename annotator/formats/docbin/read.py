"""Reading spaCy's own files: msgpack compressed with zlib, without code. Only what is needed is passed to spaCy.

Columns of tokens other than words and entities, user data other than ours and anything that says more than the text
and its spans are taken out first: spaCy trusts what it reads.
"""

import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from annotator.formats.incoming import (
    LONGEST_TITLE,
    IncomingDocument,
    IncomingFiles,
    ReadResult,
    UnreadableFile,
    document_id,
)
from annotator.formats.set_builder import SetBuilder
from annotator.text.decoding import UnreadableText, refuse_forbidden
from annotator.text.digest import text_digest

ENDING = ".spacy"
ENTITIES = "ents"
MOST_UNPACKED = 200_000_000
MOST_ITEMS = 5_000_000
_ENTITY_COLUMNS = ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")
# Exceptions of spaCy and its msgpack for damaged files.
_DAMAGE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, AssertionError, struct.error)


def read_docbin(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each Doc of a file."""
    from spacy.vocab import Vocab

    (only,) = incoming.files
    try:
        packed, stored = _unpacked(_decompressed(incoming.read(only), incoming.name))
        docs = packed.get_docs(Vocab())
        for number, about in enumerate(stored, 1):
            yield _arrival(next(docs), about, incoming, number)
    except _DAMAGE as error:
        why = str(error).partition("\n")[0][:200]
        raise UnreadableFile(f"“{incoming.name}” is not a readable DocBin: {why}. Save it again with spaCy.") from error


def _decompressed(data: bytes, name: str) -> bytes:
    try:
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(data, MOST_UNPACKED)
    except zlib.error as error:
        raise UnreadableFile(f"“{name}” is not a DocBin: it is not compressed like .spacy files ({error}).") from error
    if unpacking.unconsumed_tail:
        raise UnreadableFile(
            f"“{name}” unpacks to more than {MOST_UNPACKED:,} bytes. Save it as several smaller files."
        )
    if not unpacking.eof:
        raise UnreadableFile(f"“{name}” is incomplete: its end is missing. Copy it again.")
    return raw


def _unpacked(raw: bytes) -> tuple[Any, list[Mapping[str, Any]]]:
    """Return a DocBin with what is needed, and for each Doc what our writer stored about its document."""
    import numpy as np
    from spacy.attrs import IDS
    from spacy.tokens import DocBin
    from srsly import msgpack

    message = msgpack.unpackb(raw, raw=False, max_array_len=MOST_ITEMS, max_map_len=MOST_ITEMS)
    columns = list(message["attrs"])
    lengths = np.frombuffer(message["lengths"], dtype="int32")
    tokens = np.frombuffer(message["tokens"], dtype="uint64").reshape(-1, len(columns))
    spaces = np.frombuffer(message["spaces"], dtype=bool)
    if (lengths < 0).any() or lengths.sum() != len(tokens) or len(spaces) != len(tokens):
        raise ValueError("the lengths of its documents are not those of its tokens")
    wanted = [IDS["ORTH"], *(IDS[name] for name in _ENTITY_COLUMNS if IDS[name] in columns)]
    locations = [columns.index(column) for column in wanted]
    cuts = np.cumsum(lengths)[:-1]
    packed = DocBin(attrs=["ORTH"])
    packed.attrs = wanted
    packed.strings = set(map(str, message["strings"]))
    packed.tokens = np.split(np.ascontiguousarray(tokens[:, locations]), cuts) if len(lengths) else []
    packed.spaces = np.split(spaces.reshape(-1, 1), cuts) if len(lengths) else []
    count = len(lengths)
    packed.cats = [value if isinstance(value, dict) else {} for value in _listed(message.get("cats"), count, {})]
    packed.flags = [value if isinstance(value, dict) else {} for value in _listed(message.get("flags"), count, {})]
    packed.span_groups = _listed(message.get("span_groups"), count, b"")
    packed.user_data = [None] * count
    return packed, [_own(data) for data in _listed(message.get("user_data"), count, None)]


def _listed(given: Any, count: int, missing: Any) -> list[Any]:
    return given if isinstance(given, list) and len(given) == count else [missing] * count


def _own(data: Any) -> Mapping[str, Any]:
    """Return what our writer stored about a document in its user data; {} for other files."""
    from srsly import msgpack

    if not isinstance(data, bytes):
        return {}
    # Names of extensions are tuples, so lists must be read as tuples.
    user_data = msgpack.unpackb(data, raw=False, use_list=False, strict_map_key=False)
    document = user_data.get("document") if isinstance(user_data, dict) else None
    return document if isinstance(document, dict) else {}


def _arrival(doc: Any, about: Mapping[str, Any], incoming: IncomingFiles, number: int) -> ReadResult:
    location = f"document {number}"
    text = doc.text
    try:
        refuse_forbidden(text)
    except UnreadableText as problem:
        return ReadResult(location, problems=(problem.detail,))
    if not text.strip():
        return ReadResult(location, problems=("The document has no text.",))
    builders = {str(name): _gathered(text, doc, group) for name, group in doc.spans.items()}
    if doc.ents:
        builders[incoming.options.get("annotator", ENTITIES)] = _gathered(text, doc, doc.ents)
    notes = [f"{name}: {note}" for name, builder in builders.items() for note in builder.notes]
    if doc.cats:
        notes.append("Categories of the document were left out.")
    if doc.has_unknown_spaces:
        notes.append("The file does not store spaces; one was inserted after every token.")
    document = IncomingDocument(
        document_id(about.get("id"), incoming.stem, number),
        str(about.get("title") or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        _meta(about.get("meta")),
        {name: builder.build() for name, builder in builders.items()},
    )
    problems = [f"{name}: {problem}" for name, builder in builders.items() for problem in builder.problems]
    return ReadResult(location, document, tuple(problems), tuple(notes))


def _meta(given: Any) -> dict[str, Any]:
    try:
        meta = orjson.loads(given) if isinstance(given, str) else {}
    except orjson.JSONDecodeError:
        return {}
    return meta if isinstance(meta, dict) else {}


def _gathered(text: str, doc: Any, group: Any) -> SetBuilder:
    """Return a group of spans, or the entities, as a set."""
    builder = SetBuilder(text)
    details = group.attrs if isinstance(getattr(group, "attrs", None), dict) else {}
    discontinuous = details.get("discontinuous")
    fragments: dict[str, list[tuple[int, int]]] = defaultdict(list)
    discontinuous_ids = set(map(str, discontinuous)) if isinstance(discontinuous, list) else set()
    for span in group:
        if span.id_ in discontinuous_ids:
            fragments[span.id_].append(_place(span, doc))
    for span in group:
        identifier = span.id_ or None
        if identifier in discontinuous_ids:
            if identifier in fragments:
                _add(builder, span, identifier, fragments.pop(identifier), details)
        else:
            _add(builder, span, identifier, [_place(span, doc)], details)
    relations = details.get("relations")
    for relation in relations if isinstance(relations, list) else []:
        if isinstance(relation, dict):
            ends = (relation.get("from"), relation.get("to"))
            builder.add_relation(relation.get("id"), relation.get("label"), *ends)
    return builder


def _place(span: Any, doc: Any) -> tuple[int, int]:
    """Return the location of a span by its tokens, because the characters stored in a group may differ."""
    end = doc[span.end - 1]
    return doc[span.start].idx, end.idx + len(end.text)


def _add(
    builder: SetBuilder, span: Any, identifier: str | None, locations: list[tuple[int, int]], details: Mapping[str, Any]
) -> None:
    if not span.label_:
        builder.problems.append(f"Tokens {span.start} to {span.end}: the span has no label.")
        return
    note = str(_of(details, "notes", identifier) or (f"kb_id {span.kb_id_}" if span.kb_id_ else ""))
    attributes = _of(details, "attributes", identifier)
    attributes = attributes if isinstance(attributes, dict) else {}
    span_id = builder.add_span(identifier, span.label_, locations, attributes=attributes, note=note)
    if span_id is not None:
        builder.set_origin(span_id, _of(details, "origins", identifier))


def _of(details: Mapping[str, Any], what: str, identifier: str | None) -> Any:
    values = details.get(what)
    return values.get(identifier) if isinstance(values, dict) else None
