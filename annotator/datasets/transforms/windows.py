"""Documents cut into windows: one a sentence, with some sentences of context on either side.

No span is cut: where one crosses the end of a sentence, in any set of the document, the sentences it lies on count as
one. So every set of a document has the same windows, and all spans in the text of a window are marked in it, also those
that lie in its context; `focus` tells the sentence that it is about. Offsets in a window count from its own beginning;
`window` says where that lies in the document. Its id is that of the document with the place of the sentence in it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ExportDocument, LossReport
from annotator.formats.records import DocumentRecord, RelationRecord, SetRecord, SpanRecord
from annotator.text.digest import text_digest
from annotator.text.rules import PRESENT_RULES, TextRules


@dataclass(frozen=True)
class _Placed:
    """A set with its spans and relations by the sentences that they lie in."""

    record: SetRecord
    spans: Sequence[Sequence[SpanRecord]]
    relations: Sequence[tuple[int, int, RelationRecord]]


def windows_of(
    entry: ExportDocument, context: int, losses: LossReport, rules: TextRules = PRESENT_RULES
) -> Iterator[ExportDocument]:
    """Yield the windows of a document in their order, each with all sets; relations that fit into none are noted."""
    text = entry.document["text"]
    spans = [span for record in entry.sets.values() for span in record["spans"]]
    starts = _starts(text, spans, rules)
    placed = {name: _placed(record, starts) for name, record in entry.sets.items()}
    _note_losses(entry.document["id"], placed, 2 * context, losses)
    for at in range(len(starts)):
        first, last = max(0, at - context), min(len(starts), at + context + 1) - 1
        begin, end = _edges(text, starts, first, last, placed)
        focus = _edges(text, starts, at, at, placed)
        document = _document(entry.document, begin, end, focus)
        yield ExportDocument(document, {name: _cut(one, first, last, begin) for name, one in placed.items()})


def _starts(text: str, spans: Sequence[SpanRecord], rules: TextRules) -> list[int]:
    """Where the sentences begin, without those within a span; the first begins with the text."""
    breaks = [start for start, _ in rules.sentences(text)[1:]]
    crossed: set[int] = set()
    for span in spans:
        first = bisect_right(breaks, span["fragments"][0][0])
        crossed.update(range(first, bisect_left(breaks, span["fragments"][-1][1])))
    return [0, *(place for number, place in enumerate(breaks) if number not in crossed)]


def _placed(record: SetRecord, starts: Sequence[int]) -> _Placed:
    spans: list[list[SpanRecord]] = [[] for _ in starts]
    places: dict[str, int] = {}
    for span in record["spans"]:
        place = bisect_right(starts, span["fragments"][0][0]) - 1
        places[span["id"]] = place
        spans[place].append(span)
    relations = []
    for relation in record["relations"]:
        ends = places[relation["from"]], places[relation["to"]]
        relations.append((min(ends), max(ends), relation))
    return _Placed(record, spans, relations)


def _note_losses(document: str, placed: Mapping[str, _Placed], reach: int, losses: LossReport) -> None:
    for name, one in placed.items():
        for low, high, relation in one.relations:
            if high - low > reach:
                losses.add(document, name, relation["id"], "relation", reason("no_common_window"))


def _edges(text: str, starts: Sequence[int], first: int, last: int, placed: Mapping[str, _Placed]) -> tuple[int, int]:
    """From where to where some sentences reach, without white space at the edges unless a span covers it."""
    low, high = starts[first], starts[last + 1] if last + 1 < len(starts) else len(text)
    piece = text[low:high]
    begin, end = low + len(piece) - len(piece.lstrip()), low + len(piece.rstrip())
    if begin > end:
        return low, high
    for one in placed.values():
        for span in one.spans[first]:
            begin = min(begin, span["fragments"][0][0])
        for span in one.spans[last]:
            end = max(end, span["fragments"][-1][1])
    return begin, end


def _document(document: DocumentRecord, begin: int, end: int, focus: tuple[int, int]) -> DocumentRecord:
    text = document["text"][begin:end]
    return {
        **document,
        "id": f"{document['id']}#{focus[0]}-{focus[1]}",
        "text": text,
        "sha256": text_digest(text),
        "document": document["id"],
        "window": [begin, end],
        "focus": [focus[0] - begin, focus[1] - begin],
    }


def _cut(one: _Placed, first: int, last: int, begin: int) -> SetRecord:
    spans: list[SpanRecord] = [
        {**span, "fragments": [[start - begin, end - begin] for start, end in span["fragments"]]}
        for place in range(first, last + 1)
        for span in one.spans[place]
    ]
    relations = [relation for low, high, relation in one.relations if first <= low and high <= last]
    return {**one.record, "spans": spans, "relations": relations}
