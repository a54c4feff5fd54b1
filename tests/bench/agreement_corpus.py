"""A corpus in which three annotators annotated the same documents: noisy copies of one hidden set of spans.

Each annotator misses one span in twelve and gives one in twenty another label. One boundary in twelve is a word off,
one attribute in thirty has another value, and one span in twenty is the annotator's own.
"""

import json
import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.corpus import ATTRIBUTES, make_text

Record = dict[str, Any]
WordRanges = Sequence[tuple[int, int]]

ANNOTATORS = ("A", "B", "C")
WORDS = 315
WORDS_A_SPAN = 9
LABELS = tuple(ATTRIBUTES)
SPANS_A_RELATION = 6
"""One claim in this many spans has a relation to the speaker after it."""


def write_corpus(path: Path, *, documents: int, seed: int = 1) -> int:
    """Write JSONL and return the number of spans in it."""
    generator = random.Random(seed)
    spans = 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(documents):
            record = _document(generator, f"measured-{number:06}")
            spans += sum(len(annotation_set["spans"]) for annotation_set in record["annotators"].values())
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return spans


def _document(generator: random.Random, document_id: str) -> Record:
    text, ranges = make_text(generator, WORDS)
    hidden = list(_hidden(generator))
    return {
        "id": document_id,
        "text": text,
        "annotators": {name: _annotation_set(generator, ranges, hidden) for name in ANNOTATORS},
    }


def _hidden(generator: random.Random) -> Iterator[tuple[str, int, int]]:
    """Yield the label, the first and the last word of each span: about one in `WORDS_A_SPAN` words."""
    for at in range(0, WORDS - WORDS_A_SPAN + 1, WORDS_A_SPAN):
        first = at + generator.randrange(1, 4)
        yield generator.choice(LABELS), first, first + generator.randrange(5)


def _annotation_set(generator: random.Random, ranges: WordRanges, hidden: Sequence[tuple[str, int, int]]) -> Record:
    spans: list[Record] = []
    for label, first, last in hidden:
        if generator.random() < 1 / 12:
            continue
        own = generator.choice(LABELS) if generator.random() < 1 / 20 else label
        begin = first - (generator.random() < 1 / 12)
        end = max(begin, last + (generator.random() < 1 / 12))
        spans.append(_span(generator, f"s{len(spans)}", own, (ranges[begin][0], ranges[end][1])))
        if generator.random() < 1 / 20:
            word = generator.randrange(len(ranges))
            spans.append(_span(generator, f"s{len(spans)}", generator.choice(LABELS), ranges[word]))
    return {"spans": spans, "relations": _relations(spans)}


def _span(generator: random.Random, span_id: str, label: str, fragment: tuple[int, int]) -> Record:
    attributes = dict(ATTRIBUTES[label])
    if label == "Speaker" and generator.random() < 1 / 30:
        attributes["mention"] = "description"
    return {"id": span_id, "label": label, "fragments": [list(fragment)], "attributes": attributes}


def _relations(spans: Sequence[Record]) -> list[Record]:
    pairs = [
        (claim, speaker)
        for claim, speaker in pairwise(spans)
        if (claim["label"], speaker["label"]) == ("Claim", "Speaker")
    ]
    return [
        {"id": f"r{number}", "label": "attributed-to", "from": claim["id"], "to": speaker["id"]}
        for number, (claim, speaker) in enumerate(pairs[: len(spans) // SPANS_A_RELATION])
    ]
