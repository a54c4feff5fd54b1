"""Reading CoNLL-2003 and similar formats: one token per line, the tag in the last column.

The text is composed from its tokens: joined by a space, sentences by a line feed. Tags may be IOB1, IOB2, BIOES or
BILOU.
"""

from collections.abc import Iterator
from typing import NamedTuple

from annotator.formats.incoming import LONGEST_ID, IncomingDocument, IncomingFiles, ReadResult
from annotator.formats.set_builder import SetBuilder
from annotator.formats.tokens import TAG, TaggedToken, add_tagged_tokens
from annotator.text.digest import text_digest

START = "-DOCSTART-"


class Row(NamedTuple):
    """One line: its number, its token and its tag."""

    number: int
    token: str
    tag: str


def read_conll(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each part that begins with -DOCSTART-, or for the whole file."""
    sentences: list[list[Row]] = [[]]
    first, number = 1, 0
    for at, line in enumerate(incoming.only_text().split("\n"), 1):
        cells = line.split()
        if cells and cells[0] == START:
            if any(sentences):
                number += 1
                yield _document(incoming, sentences, number, first)
            sentences, first = [[]], at
        elif not cells:
            sentences.append([])
        elif not (line.startswith("#") and len(cells) != 1 and not TAG.match(cells[-1])):
            sentences[-1].append(Row(at, cells[0], cells[-1] if len(cells) > 1 else "O"))
    if any(sentences) or not number:
        yield _document(incoming, sentences, number + 1, first)


def _document(incoming: IncomingFiles, sentences: list[list[Row]], number: int, first: int) -> ReadResult:
    location = f"line {first}"
    sentences = [rows for rows in sentences if rows]
    text = "\n".join(" ".join(row.token for row in rows) for rows in sentences)
    if not text:
        return ReadResult(location, problems=("The document has no tokens.",))
    builder = SetBuilder(text)
    at = 0
    for rows in sentences:
        _gather(builder, rows, at)
        at += sum(len(row.token) + 1 for row in rows)
    annotator = incoming.options.get("annotator") or incoming.stem
    identifier = f"{incoming.stem[: LONGEST_ID - 20]}-{number}"
    document = IncomingDocument(identifier, "", text, text_digest(text), {}, {annotator: builder.build()})
    return ReadResult(location, document, tuple(builder.problems), tuple(builder.notes))


def _gather(builder: SetBuilder, rows: list[Row], at: int) -> None:
    """Add the spans of one sentence that begins at an offset."""
    tokens = []
    for row in rows:
        tokens.append(TaggedToken(at, at + len(row.token), row.tag, f"Line {row.number}"))
        at += len(row.token) + 1
    add_tagged_tokens(builder, tokens)
