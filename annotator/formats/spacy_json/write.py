"""Writing spaCy's documents as JSON (`Doc.from_json`), one per line.

Each annotation set is a span group named after its annotator, so that spans may overlap and several annotators fit into
one document.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import orjson

from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ID, PARTS, ExportContext, ExportDocument, LossTracker, Piece
from annotator.text.rules import PRESENT_RULES, TextRules
from annotator.text.tokens import split_tokens

Pair = tuple[int, int]


def write_spacy(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a Doc for each document, with a span group for each set."""
    for export in documents:
        tracker = LossTracker(export, context.losses, carried={ID})
        document = export.document
        text = document["text"]
        groups: dict[str, list[dict[str, Any]]] = {}
        for annotator, record in export.sets.items():
            tracker.relations(annotator, record)
            groups[annotator] = [
                {"start": start, "end": end, "label": span["label"], "kb_id": "", "id": span["id"]}
                for span in tracker.spans(annotator, record)
                for start, end in span["fragments"]
            ]
        pairs = [(span["start"], span["end"]) for spans in groups.values() for span in spans]
        tokens = list(loadable_tokens(text, pairs, context.rules))
        for annotator, spans in groups.items():
            groups[annotator] = list(_aligned(text, annotator, spans, tokens, tracker))
        rows = [{"id": number, "start": start, "end": end} for number, (start, end) in enumerate(tokens)]
        head = {"id": document["id"], "title": document["title"], "meta": document["meta"]}
        line = {"text": text, "tokens": rows, "ents": [], "spans": groups, "document": head}
        yield "", orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def loadable_tokens(text: str, pairs: Sequence[Pair], rules: TextRules = PRESENT_RULES) -> Iterator[Pair]:
    r"""Yield tokens that `Doc.from_json` accepts: between two words it allows one token of white space.

    A boundary of a span in white space is reached by a word with the white space beside it, where that is possible.

    >>> list(loadable_tokens("Mira  left.", [(0, 5)]))
    [(0, 5), (6, 10), (10, 11)]
    >>> list(loadable_tokens("Well, \n no", []))
    [(0, 4), (4, 5), (6, 8), (8, 10)]
    """
    starts, ends = {start for start, _ in pairs}, {end for _, end in pairs}
    words = [pair for pair in split_tokens(text, sorted(starts | ends), rules.tokens) if not _is_space(text, *pair)]
    gaps = [_gap(text, before, after, starts, ends) for before, after in pairwise([(0, 0), *words, (len(text),) * 2])]
    for (left, right), (start, end), (following, _) in zip(gaps, words, gaps[1:], strict=False):
        yield from _space(text, left, right)
        yield (right if left <= right < start else start), max(end, following)
    yield from _space(text, *gaps[-1]) if words else ()


def _gap(text: str, before: Pair, after: Pair, starts: set[int], ends: set[int]) -> Pair:
    """Return the white space between two words that belongs to neither of them."""
    low, high = before[1], after[0]
    own = low + 1 if before[1] and text[low : low + 1] == " " else low
    wanted_ends = {end for end in ends if low < end <= high} - ({high} if own < high else set())
    wanted_starts = {start for start in starts if low <= start < high} - ({own} if own < high else set())
    left = wanted_ends.pop() if len(wanted_ends) == 1 and before[1] and low not in ends else low
    right = wanted_starts.pop() if len(wanted_starts) == 1 and after[0] < len(text) and high not in starts else high
    if right < high and right == left and before[1] and text[left] == " ":
        right = high  # spaCy takes the space for the end of the word before
    return (left, right) if left <= right else (low, high)


def _space(text: str, left: int, right: int) -> Iterator[Pair]:
    begin = left + 1 if left and text[left : left + 1] == " " else left
    if begin < right:
        yield begin, right


def _is_space(text: str, start: int, end: int) -> bool:
    return text[start:end].isspace()


def _aligned(
    text: str, annotator: str, spans: Iterable[dict[str, Any]], tokens: Sequence[Pair], tracker: LossTracker
) -> Iterator[dict[str, Any]]:
    """Yield the spans, without white space at their ends where no token begins or ends there."""
    starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
    for span in spans:
        start, end = span["start"], span["end"]
        covered = text[start:end]
        if start not in starts:
            start += len(covered) - len(covered.lstrip())
        if end not in ends:
            end -= len(covered) - len(covered.rstrip())
        if start >= end or start not in starts or end not in ends:
            tracker.add_loss(annotator, span["id"], PARTS, reason("white_space"))
            continue
        if (start, end) != (span["start"], span["end"]):
            tracker.add_loss(annotator, span["id"], PARTS, reason("token_edges"))
        yield {**span, "start": start, "end": end}
