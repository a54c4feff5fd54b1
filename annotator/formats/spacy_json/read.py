"""Reading spaCy's documents as JSON (`Doc.to_json`): a span group is an annotation set. Offsets count code points."""

from collections.abc import Iterator
from typing import Any

from annotator.formats.incoming import (
    LONGEST_TITLE,
    IncomingDocument,
    IncomingFiles,
    IncomingSet,
    ReadResult,
    document_id,
)
from annotator.formats.json_files import iterate_elements, list_of, list_problems
from annotator.formats.set_builder import CODE_POINTS, SetBuilder
from annotator.text.digest import text_digest

ENTITIES = "ents"


def read_spacy(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each Doc."""
    with incoming.open() as stream:
        for number, record in enumerate(iterate_elements(stream), 1):
            location = f"document {number}"
            if isinstance(record, dict) and isinstance(record.get("text"), str) and record["text"].strip():
                yield _document(record, incoming, location, number)
            else:
                yield ReadResult(location, problems=("A document must be an object with a text.",))


def _document(record: dict[str, Any], incoming: IncomingFiles, location: str, number: int) -> ReadResult:
    text = record["text"]
    given = _object(record.get("spans"))
    groups = {str(name): list_of(given, name) for name in given}
    if list_of(record, ENTITIES) or (ENTITIES in record and not groups):
        groups[incoming.options.get("annotator", ENTITIES)] = list_of(record, ENTITIES)
    sets: dict[str, IncomingSet] = {}
    problems, notes = [*list_problems(record, ENTITIES), *list_problems(given, *given)], []
    if record.get("spans") and not given:
        problems.append("“spans” must be an object with a list for each group of spans.")
    for name, spans in groups.items():
        builder = SetBuilder(text, **incoming.span_options(CODE_POINTS))
        for span in spans:
            _add(builder, span)
        sets[name] = builder.build()
        problems += [f"{name}: {problem}" for problem in builder.problems]
        notes += [f"{name}: {note}" for note in builder.notes]
    if record.get("cats"):
        notes.append("Categories of the document were left out.")
    own = _object(record.get("document"))
    meta = _object(own.get("meta"))
    document = IncomingDocument(
        document_id(own.get("id"), incoming.stem, number),
        str(own.get("title") or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        meta,
        sets,
    )
    return ReadResult(location, document, tuple(problems), tuple(notes))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _add(builder: SetBuilder, span: Any) -> None:
    if isinstance(span, dict) and span.get("label"):
        reference = span.get("kb_id")
        note = f"kb_id {reference}" if reference else ""
        builder.add_span(span.get("id"), span["label"], [(span.get("start"), span.get("end"))], note=note)
    else:
        builder.refuse("spans", f"{str(span)[:80]} is not a span with a label.")
