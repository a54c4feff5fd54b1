"""CoNLL-2003 and its kin: a token a line, the label in the last column. A text is put together from its tokens.

Tokens are joined by a space and sentences by a line feed. Labels may be IOB1, IOB2, BIOES or BILOU.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from annotator.formats.gathering import Gathering
from annotator.formats.loss_tracker import LossTracker
from annotator.formats.reading import LONGEST_ID, IncomingDocument
from annotator.formats.recipes import Arrival, ExportContext, ExportDocument, Head, Incoming, Piece, Recipe
from annotator.formats.safe_names import SafeNames
from annotator.formats.shapes import SetRecord, SpanShape
from annotator.formats.tagging import TAG, Tagged, gather_tagged
from annotator.formats.tiling import tiles
from annotator.text.digest import text_digest
from annotator.text.sentences import sentence_boundaries

START = "-DOCSTART-"
_LINE = re.compile(r"\S+(?:[ \t]+\S+)*[ \t]+(?:[BIESUL]-\S+|O)[ \t]*\r?\Z")
Range = tuple[int, int]


class Row(NamedTuple):
    """One line: its number, its token and its tag."""

    number: int
    token: str
    tag: str


def read_conll(incoming: Incoming) -> Iterator[Arrival]:
    """Yield a document for each part that begins with -DOCSTART-, or the whole file."""
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


def _document(incoming: Incoming, sentences: list[list[Row]], number: int, first: int) -> Arrival:
    place = f"line {first}"
    sentences = [rows for rows in sentences if rows]
    text = "\n".join(" ".join(row.token for row in rows) for rows in sentences)
    if not text:
        return Arrival(place, problems=("There are no tokens.",))
    gathering = Gathering(text)
    at = 0
    for rows in sentences:
        _gather(gathering, rows, at)
        at += sum(len(row.token) + 1 for row in rows)
    annotator = incoming.choices.get("annotator") or incoming.stem
    identifier = f"{incoming.stem[: LONGEST_ID - 20]}-{number}"
    document = IncomingDocument(identifier, "", text, text_digest(text), {}, {annotator: gathering.as_set()})
    return Arrival(place, document, tuple(gathering.problems), tuple(gathering.notes))


def _gather(gathering: Gathering, rows: list[Row], at: int) -> None:
    """Turn the tags of one sentence into spans; `at` is where it begins."""
    tokens = []
    for row in rows:
        tokens.append(Tagged(at, at + len(row.token), row.tag, f"Line {row.number}"))
        at += len(row.token) + 1
    gather_tagged(gathering, tokens)


def write_conll(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a file for each annotator, in IOB2 with the four columns of CoNLL-2003."""
    names = SafeNames()
    for entry in documents:
        tracker = LossTracker(entry, context.losses, carried=())
        for annotator, record in entry.sets.items():
            chosen = _chosen(annotator, record, tracker)
            tracker.relations(annotator, record)
            body = "".join(_lines(entry.document["text"], chosen))
            yield f"{names.of(annotator)}.conll", f"{START} -X- O O\n\n{body}".encode()


def _chosen(annotator: str, record: SetRecord, tracker: LossTracker) -> list[tuple[Range, str]]:
    """Return the places that get a tag: of two that overlap the longer one, then the earlier."""
    spans = list(tracker.spans(annotator, record))
    parts = [((start, end), span) for span in spans for start, end in span["fragments"]]
    parts.sort(key=lambda part: (part[0][0] - part[0][1], part[0][0], part[1]["label"], part[1]["id"]))
    taken: list[tuple[Range, SpanShape]] = []
    for place, span in parts:
        over = next((other for (start, end), other in taken if start < place[1] and place[0] < end), None)
        if over is None:
            taken.append((place, span))
        else:
            why = f"A token has one tag, and span {over['id']} lies over it."
            tracker.lose(annotator, span["id"], "span", why)
    return sorted((place, span["label"]) for place, span in taken)


def _lines(text: str, chosen: list[tuple[Range, str]]) -> Iterator[str]:
    """Yield a line a token; tokens are cut where spans begin and end, and no sentence ends within a span."""
    places = iter([*chosen, ((len(text) + 1, len(text) + 1), "")])
    (start, end), label = next(places)
    breaks = iter([*(place[0] for place in sentence_boundaries(text)[1:]), len(text) + 1])
    following, begun = next(breaks), -1
    for token_start, token_end in tiles(text, [edge for place, _ in chosen for edge in place]):
        while token_start >= end:
            (start, end), label = next(places)
        inside = start <= token_start
        while following <= token_start:
            if not (inside and start < following):
                yield "\n"
            following = next(breaks)
        tag = f"{'I' if begun == start else 'B'}-{label}" if inside else "O"
        begun = start if inside else -1
        yield f"{text[token_start:token_end]} -X- O {tag}\n"
    yield "\n"


def _sniff(head: Head) -> float:
    if head.text.startswith(START):
        return 0.95
    lines = [line for line in head.text.split("\n")[:50] if line.strip() and not line.startswith("#")][:-1]
    if len(lines) < 2 or not all(_LINE.match(line) for line in lines):
        return 0.9 if head.name.lower().endswith((".conll", ".iob", ".iob2", ".bio")) else 0.0
    return 0.9 if len({len(line.split()) for line in lines}) == 1 else 0.0


RECIPE = Recipe(
    "CoNLL-2003 (IOB2)",
    (".conll", ".iob", ".iob2", ".bio"),
    _sniff,
    read=read_conll,
    write=write_conll,
    unit="token",
    archive=True,
    single=True,
    lost=(
        "The white space between tokens, and so the offsets.",
        "Ids, titles and meta of documents, and ids of spans.",
        "Revision, state, schema and guideline version of sets.",
    ),
)
