"""Reading rows for Hugging Face `datasets`: ours, or rows with tokens and tags. Offsets count code points."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from annotator.formats.incoming import LONGEST_TITLE, IncomingDocument, IncomingFiles, ReadResult, document_id
from annotator.formats.json_files import iterate_elements, list_of, list_problems, other_fields
from annotator.formats.set_builder import CODE_POINTS, SetBuilder
from annotator.formats.tokens import add_tags
from annotator.text.digest import text_digest

TAGS = ("ner_tags", "tags", "labels")
_OWN = {"id", "title", "text", "sha256", "meta", "annotator"}


def read_rows(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each row: of ours, or with tokens and tags."""
    with incoming.open() as stream:
        for number, row in enumerate(iterate_elements(stream), 1):
            location = f"row {number}"
            if isinstance(row, dict):
                yield row_document(row, incoming, location, number)
            else:
                yield ReadResult(location, problems=("A row must be an object.",))


def row_document(row: dict[str, Any], incoming: IncomingFiles, location: str, number: int) -> ReadResult:
    """Return the document of a row."""
    row = {**row, **{name: _as_list(row[name]) for name in ("spans", "relations") if name in row}}
    text, tokens = row.get("text"), row.get("tokens")
    if not isinstance(text, str) and isinstance(tokens, list):
        text = " ".join(map(str, tokens))
    if not isinstance(text, str) or not text.strip():
        return ReadResult(location, problems=("The row has neither text nor tokens.",))
    builder = SetBuilder(text, **incoming.span_options(CODE_POINTS))
    builder.problems += list_problems(row, "spans", "relations")
    tags = next((row[name] for name in TAGS if isinstance(row.get(name), list)), None)
    if isinstance(row.get("spans"), list):
        _gather(builder, row)
    elif tags is not None and isinstance(tokens, list):
        add_tags(builder, text, [str(token) for token in tokens], tags)
    annotator = incoming.options.get("annotator") or str(row.get("annotator") or incoming.stem)
    document = IncomingDocument(
        document_id(row.get("id"), incoming.stem, number),
        str(row.get("title") or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        other_fields(row, _OWN) | _meta(row.get("meta")),
        {annotator: builder.build()},
    )
    return ReadResult(location, document, tuple(builder.problems), tuple(builder.notes))


def _as_list(given: Any) -> Any:
    """Return a list of objects for an object of lists, as which `datasets` writes a `Sequence` of objects."""
    if not isinstance(given, dict) or not given or not all(isinstance(column, list) for column in given.values()):
        return given
    columns = list(given.values())
    if len({len(column) for column in columns}) > 1:
        return given
    return [dict(zip(given, values, strict=True)) for values in zip(*columns, strict=True)]


def _meta(given: Any) -> dict[str, Any]:
    """Return `meta`, which our writer stores as JSON in a string."""
    try:
        meta = orjson.loads(given) if isinstance(given, str) and given else given
    except orjson.JSONDecodeError:
        meta = {"meta": given}
    return meta if isinstance(meta, dict) else {}


def _gather(builder: SetBuilder, row: dict[str, Any]) -> None:
    for span in list_of(row, "spans"):
        if not isinstance(span, dict):
            builder.refuse("spans", f"{str(span)[:80]} is not a span.")
            continue
        builder.problems += list_problems(span, "fragments")
        fragments = list_of(span, "fragments") or [[span.get("start"), span.get("end")]]
        covered = span.get("text")
        span_id = builder.add_span(
            span.get("id"),
            span.get("label"),
            fragments,
            covered=" ".join(covered) if isinstance(covered, list) else covered,
            attributes=_attributes(builder, span),
            note=str(span.get("note") or ""),
        )
        if span_id is not None:
            builder.set_origin(span_id, span.get("origin"))
    for relation in list_of(row, "relations"):
        if isinstance(relation, dict):
            ends = (relation.get("from"), relation.get("to"))
            builder.add_relation(relation.get("id"), relation.get("label"), *ends)
        else:
            builder.refuse("relations", f"{str(relation)[:80]} is not a relation.")


def _attributes(builder: SetBuilder, span: Mapping[str, Any]) -> Mapping[str, Any] | None:
    given = span.get("attributes")
    if isinstance(given, list) and all(isinstance(pair, dict) and "name" in pair for pair in given):
        return {str(pair["name"]): pair.get("value") for pair in given}
    return builder.attributes_of(span)
