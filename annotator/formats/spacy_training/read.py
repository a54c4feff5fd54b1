"""Reading spaCy 2 training data: pairs of a text and `{"entities": [[start, end, label], …]}`, or paragraphs of tokens.

Pairs are in an array, in JSON Lines, or within an object with the classes, as NER Annotator writes them. Their offsets
are code points. Paragraphs are what `spacy convert` of version 2 writes: tokens with tags such as U-PER.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from annotator.formats.incoming import (
    LONGEST_ID,
    IncomingDocument,
    IncomingFiles,
    ReadResult,
    UnreadableFile,
    document_id,
)
from annotator.formats.json_files import iterate_elements, list_of, list_problems, repeated_key
from annotator.formats.set_builder import CODE_POINTS, SetBuilder
from annotator.formats.tokens import add_tags
from annotator.text.decoding import UnreadableText, refuse_forbidden
from annotator.text.digest import text_digest


def read_training_data(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each pair; an empty entry is skipped with a note."""
    for number, pair in enumerate(_pairs(incoming), 1):
        location = f"entry {number}"
        if pair is None:
            yield ReadResult(location, notes=("Skipped: the entry is null, without a text.",))
        elif isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and pair[0].strip():
            yield _document(pair[0], pair[1], incoming, location, number)
        elif isinstance(pair, dict) and isinstance(pair.get("paragraphs"), list):
            for place, paragraph in enumerate(pair["paragraphs"], 1):
                yield _paragraph(paragraph, incoming, f"{location}, paragraph {place}", f"{number}-{place}")
        else:
            yield ReadResult(location, problems=("An entry must be a text and its entities.",))


def _pairs(incoming: IncomingFiles) -> Iterable[Any]:
    with incoming.open() as stream:
        is_object = stream.read(200).decode("utf-8", "ignore").lstrip("\ufeff \r\n\t").startswith("{")
    if not is_object:
        with incoming.open() as stream:
            yield from iterate_elements(stream)
        return
    text = incoming.only_text()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"The file is not valid JSON: {error}.") from error
    if key := repeated_key(text, value):
        raise UnreadableFile(f"The key “{key[:80]}” occurs twice in one object. Keep one of them.")
    if not isinstance(value.get("annotations"), list):
        raise UnreadableFile("The object has no list “annotations”.")
    yield from value["annotations"]


def _paragraph(given: Any, incoming: IncomingFiles, location: str, number: str) -> ReadResult:
    """Return the document of a paragraph: its text, or its tokens joined by spaces."""
    sentences = list_of(given, "sentences") if isinstance(given, dict) else []
    tokens = [token for one in sentences if isinstance(one, dict) for token in list_of(one, "tokens")]
    words = [str(token.get("orth", "")) for token in tokens if isinstance(token, dict)]
    if len(words) != len(tokens) or not "".join(words).strip():
        return ReadResult(location, problems=("A paragraph must have sentences with tokens, each with its “orth”.",))
    text = given["raw"] if isinstance(given.get("raw"), str) else " ".join(words)
    # Treebanks write quotation marks in this way, whatever the text has.
    words = ['"' if word in ("``", "''") and word not in text else word for word in words]
    try:
        refuse_forbidden(text)
    except UnreadableText as problem:
        return ReadResult(location, problems=(problem.detail,))
    builder = SetBuilder(text)
    add_tags(builder, text, words, ["O" if token.get("ner") in (None, "", "-") else token["ner"] for token in tokens])
    notes = ["“cats” was left out: only the tags of tokens are read."] if given.get("cats") else []
    annotator = incoming.options.get("annotator") or incoming.stem
    identifier = f"{incoming.stem[: LONGEST_ID - 30]}-{number}"
    document = IncomingDocument(identifier, "", text, text_digest(text), {}, {annotator: builder.build()})
    return ReadResult(location, document, tuple(builder.problems), (*builder.notes, *notes))


def _document(text: str, given: Any, incoming: IncomingFiles, location: str, number: int) -> ReadResult:
    try:
        refuse_forbidden(text)
    except UnreadableText as problem:
        return ReadResult(location, problems=(problem.detail,))
    builder = SetBuilder(text, **incoming.span_options(CODE_POINTS))
    work = given if isinstance(given, dict) else {"entities": given}
    builder.problems += list_problems(work, "entities")
    for entity in list_of(work, "entities"):
        if isinstance(entity, list) and len(entity) >= 3:
            builder.add_span(None, entity[2], [entity[:2]])
        else:
            builder.refuse("spans", f"{str(entity)[:80]} is not an entity with start, end and label.")
    left_out = sorted(work.keys() - {"entities"})
    notes = [f"“{name}” was left out: only entities are read." for name in left_out]
    annotator = incoming.options.get("annotator") or incoming.stem
    document = IncomingDocument(
        document_id(None, incoming.stem, number), "", text, text_digest(text), {}, {annotator: builder.build()}
    )
    return ReadResult(location, document, tuple(builder.problems), (*builder.notes, *notes))
