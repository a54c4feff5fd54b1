"""A corpus of which three people marked the same texts: noisy copies of hidden spans, as files bring them.

Of what there is to mark everybody misses one in twelve and takes one in twenty for something else; one edge in twelve
is a word off, one attribute in thirty has another value, one span in twenty is only theirs.
"""

import json
import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.corpus import ATTRIBUTES, written_text

Record = dict[str, Any]
Places = Sequence[tuple[int, int]]

ANNOTATORS = ("A", "B", "C")
WORDS = 315
WORDS_A_SPAN = 9
LABELS = tuple(ATTRIBUTES)
ARROWS_EACH = 6
"""One claim in so many spans is tied to the speaker after it."""


def write_corpus(path: Path, *, documents: int, seed: int = 1) -> int:
    """Write JSONL; return how many spans it has."""
    chance = random.Random(seed)
    spans = 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(documents):
            record = _document(chance, f"measured-{number:06}")
            spans += sum(len(layer["spans"]) for layer in record["annotators"].values())
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return spans


def _document(chance: random.Random, name: str) -> Record:
    text, places = written_text(chance, WORDS)
    hidden = list(_hidden(chance))
    return {"id": name, "text": text, "annotators": {who: _layer(chance, places, hidden) for who in ANNOTATORS}}


def _hidden(chance: random.Random) -> Iterator[tuple[str, int, int]]:
    """Label, first and last word of what there is to mark: about one span in so many words."""
    for at in range(0, WORDS - WORDS_A_SPAN + 1, WORDS_A_SPAN):
        first = at + chance.randrange(1, 4)
        yield chance.choice(LABELS), first, first + chance.randrange(5)


def _layer(chance: random.Random, places: Places, hidden: Sequence[tuple[str, int, int]]) -> Record:
    spans: list[Record] = []
    for label, first, last in hidden:
        if chance.random() < 1 / 12:
            continue
        own = chance.choice(LABELS) if chance.random() < 1 / 20 else label
        begin = first - (chance.random() < 1 / 12)
        end = max(begin, last + (chance.random() < 1 / 12))
        spans.append(_span(chance, f"s{len(spans)}", own, (places[begin][0], places[end][1])))
        if chance.random() < 1 / 20:
            lonely = chance.randrange(len(places))
            spans.append(_span(chance, f"s{len(spans)}", chance.choice(LABELS), places[lonely]))
    return {"spans": spans, "relations": _relations(spans)}


def _span(chance: random.Random, name: str, label: str, edges: tuple[int, int]) -> Record:
    attributes = dict(ATTRIBUTES[label])
    if label == "Speaker" and chance.random() < 1 / 30:
        attributes["mention"] = "description"
    return {"id": name, "label": label, "fragments": [list(edges)], "attributes": attributes}


def _relations(spans: Sequence[Record]) -> list[Record]:
    pairs = [
        (claim, speaker)
        for claim, speaker in pairwise(spans)
        if (claim["label"], speaker["label"]) == ("Claim", "Speaker")
    ]
    return [
        {"id": f"r{number}", "label": "attributed-to", "from": claim["id"], "to": speaker["id"]}
        for number, (claim, speaker) in enumerate(pairs[: len(spans) // ARROWS_EACH])
    ]
