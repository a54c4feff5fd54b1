"""A corpus to measure with, made from a seed so that it is the same everywhere."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]

# Short and long words, names, accents, an emoji sequence, and names in scripts from right to left.
WORDS = tuple(Path(__file__).with_name("words.txt").read_text("utf-8").split())

# The defaults of the template's labels, as the editor would store them.
ATTRIBUTES: dict[str, dict[str, str]] = {
    "Claim": {"quote_type": "indirect", "voice": "speaker", "kind": "fact"},
    "Speaker": {"kind": "person", "mention": "name"},
    "Denial": {"kind": "contradiction", "form": "performed", "target": "in-text"},
    "Hedge": {},
}
LONGEST_SPAN = 8
WORDS_A_SENTENCE = 12
SENTENCES_A_PARAGRAPH = 5


def write_corpus(path: Path, *, documents: int, words: int, spans: int, seed: int = 1, one_line: bool = False) -> None:
    """Write JSONL with `documents` lines, each a text of `words` words with `spans` spans of one annotator."""
    with path.open("w", encoding="utf-8") as file:
        for record in records(documents=documents, words=words, spans=spans, seed=seed, one_line=one_line):
            file.write(json.dumps(record, ensure_ascii=False))
            file.write("\n")


def records(*, documents: int, words: int, spans: int, seed: int = 1, one_line: bool = False) -> Iterator[Record]:
    """Yield the documents of a corpus as records like those of the sample corpus, in paragraphs or in one line."""
    generator = random.Random(seed)
    for number in range(documents):
        text, ranges = make_text(generator, words)
        if one_line:
            text = text.replace("\n", " ")
        annotation_set = {"spans": list(_spans(generator, ranges, spans)), "relations": []}
        yield {"id": f"bench-{number:06}", "text": text, "annotators": {"A": annotation_set}}


def make_text(generator: random.Random, words: int) -> tuple[str, list[tuple[int, int]]]:
    """Return a text in sentences and paragraphs, and the start and end of each of its words in code points."""
    parts: list[str] = []
    ranges: list[tuple[int, int]] = []
    position = 0
    for index, word in enumerate(generator.choices(WORDS, k=words)):
        ranges.append((position, position + len(word)))
        parts += [word, _separator(index)]
        position += len(word) + len(parts[-1])
    return "".join(parts), ranges


def _separator(index: int) -> str:
    """Return the characters after the word with this index."""
    if (index + 1) % WORDS_A_SENTENCE:
        return " "
    return ".\n\n" if (index + 1) % (WORDS_A_SENTENCE * SENTENCES_A_PARAGRAPH) == 0 else ". "


def _spans(generator: random.Random, ranges: list[tuple[int, int]], count: int) -> Iterator[Record]:
    """Yield spans of one to eight words, one in each of `count` equal sections of the text."""
    labels = tuple(ATTRIBUTES)
    section = len(ranges) // count
    for index in range(count):
        label = labels[index % len(labels)]
        length = generator.randint(1, min(LONGEST_SPAN, section - 1))
        first = index * section + generator.randrange(section - length)
        fragment = [ranges[first][0], ranges[first + length - 1][1]]
        yield {"id": f"s{index}", "label": label, "fragments": [fragment], "attributes": ATTRIBUTES[label]}
