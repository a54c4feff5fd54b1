"""Writing CoNLL-2003 in IOB2: a file for each annotator."""

import re
from collections.abc import Iterable, Iterator

from annotator.formats.conll.columns import START
from annotator.formats.file_names import FileNames, Identifiers
from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.records import SetRecord, SpanRecord
from annotator.text.rules import TextRules
from annotator.text.tokens import split_tokens

Range = tuple[int, int]
# White space separates the columns.
_SPACE = re.compile(r"\s+")


def write_conll(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a file for each annotator, in IOB2 with the four columns of CoNLL-2003."""
    names, labels = FileNames(), Identifiers(_SPACE)
    for export in documents:
        tracker = LossTracker(export, context.losses, carried=())
        for annotator, record in export.sets.items():
            chosen = _chosen(annotator, record, tracker)
            known = len(labels.changed)
            chosen = [(place, labels.of(label)) for place, label in chosen]
            for written, label in [*labels.changed.items()][known:]:
                tracker.add_loss("", "", f"label {label}", reason("written_name", written))
            tracker.relations(annotator, record)
            body = "".join(_lines(export.document["text"], chosen, context.rules))
            yield f"{names.of(annotator)}.conll", f"{START} -X- O O\n\n{body}".encode()


def _chosen(annotator: str, record: SetRecord, tracker: LossTracker) -> list[tuple[Range, str]]:
    """Return the ranges that get a tag: of two that overlap the longer one, then the earlier one."""
    spans = list(tracker.spans(annotator, record))
    parts = [((start, end), span) for span in spans for start, end in span["fragments"]]
    parts.sort(key=lambda part: (part[0][0] - part[0][1], part[0][0], part[1]["label"], part[1]["id"]))
    taken: list[tuple[Range, SpanRecord]] = []
    for place, span in parts:
        over = next((other for (start, end), other in taken if start < place[1] and place[0] < end), None)
        if over is None:
            taken.append((place, span))
        else:
            tracker.add_loss(annotator, span["id"], "span", reason("one_tag", over["id"]))
    return sorted((place, span["label"]) for place, span in taken)


def _lines(text: str, chosen: list[tuple[Range, str]], rules: TextRules) -> Iterator[str]:
    """Yield a line for each token; tokens are split at boundaries of spans, and no sentence ends within a span."""
    places = iter([*chosen, ((len(text) + 1, len(text) + 1), "")])
    (start, end), label = next(places)
    breaks = iter([*(place[0] for place in rules.sentences(text)[1:]), len(text) + 1])
    following, begun = next(breaks), -1
    for token_start, token_end in split_tokens(text, [edge for place, _ in chosen for edge in place], rules.tokens):
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
