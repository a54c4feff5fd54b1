"""Documents divided into windows: one per sentence, with context sentences on each side.

Spans are never cut: sentences that a span of any set of the document crosses count as one sentence. So all sets of a
document have the same windows, and a window has all spans in its text, including those in its context; `focus` is the
sentence that it is about. Offsets count from the start of the window; `window` is its position in the document. The id
of a window is that of the document with the position of the sentence.
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
class _SetBySentence:
    """A set with its spans and relations by sentence."""

    record: SetRecord
    spans: Sequence[Sequence[SpanRecord]]
    relations: Sequence[tuple[int, int, RelationRecord]]


def windows_of(
    entry: ExportDocument, context: int, losses: LossReport, rules: TextRules = PRESENT_RULES
) -> Iterator[ExportDocument]:
    """Yield the windows of a document in order, each with all sets; relations in no window are reported as losses."""
    text = entry.document["text"]
    spans = [span for record in entry.sets.values() for span in record["spans"]]
    starts = _starts(text, spans, rules)
    sets = {name: _by_sentence(record, starts) for name, record in entry.sets.items()}
    _report_losses(entry.document["id"], sets, 2 * context, losses)
    for at in range(len(starts)):
        first, last = max(0, at - context), min(len(starts), at + context + 1) - 1
        begin, end = _range(text, starts, first, last, sets)
        focus = _range(text, starts, at, at, sets)
        document = _document(entry.document, begin, end, focus)
        yield ExportDocument(document, {name: _cut(content, first, last, begin) for name, content in sets.items()})


def _starts(text: str, spans: Sequence[SpanRecord], rules: TextRules) -> list[int]:
    """Return the starts of sentences, without those inside a span; the first is the start of the text."""
    breaks = [start for start, _ in rules.sentences(text)[1:]]
    crossed: set[int] = set()
    for span in spans:
        first = bisect_right(breaks, span["fragments"][0][0])
        crossed.update(range(first, bisect_left(breaks, span["fragments"][-1][1])))
    return [0, *(sentence for number, sentence in enumerate(breaks) if number not in crossed)]


def _by_sentence(record: SetRecord, starts: Sequence[int]) -> _SetBySentence:
    spans: list[list[SpanRecord]] = [[] for _ in starts]
    sentences: dict[str, int] = {}
    for span in record["spans"]:
        sentence = bisect_right(starts, span["fragments"][0][0]) - 1
        sentences[span["id"]] = sentence
        spans[sentence].append(span)
    relations = []
    for relation in record["relations"]:
        ends = sentences[relation["from"]], sentences[relation["to"]]
        relations.append((min(ends), max(ends), relation))
    return _SetBySentence(record, spans, relations)


def _report_losses(document: str, sets: Mapping[str, _SetBySentence], reach: int, losses: LossReport) -> None:
    for name, content in sets.items():
        for low, high, relation in content.relations:
            if high - low > reach:
                losses.add(document, name, relation["id"], "relation", reason("no_common_window"))


def _range(
    text: str, starts: Sequence[int], first: int, last: int, sets: Mapping[str, _SetBySentence]
) -> tuple[int, int]:
    """Return start and end of some sentences, without surrounding white space unless a span covers it."""
    low, high = starts[first], starts[last + 1] if last + 1 < len(starts) else len(text)
    piece = text[low:high]
    begin, end = low + len(piece) - len(piece.lstrip()), low + len(piece.rstrip())
    if begin > end:
        return low, high
    for content in sets.values():
        for span in content.spans[first]:
            begin = min(begin, span["fragments"][0][0])
        for span in content.spans[last]:
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


def _cut(content: _SetBySentence, first: int, last: int, begin: int) -> SetRecord:
    spans: list[SpanRecord] = [
        {**span, "fragments": [[start - begin, end - begin] for start, end in span["fragments"]]}
        for sentence in range(first, last + 1)
        for span in content.spans[sentence]
    ]
    relations = [relation for low, high, relation in content.relations if first <= low and high <= last]
    return {**content.record, "spans": spans, "relations": relations}
