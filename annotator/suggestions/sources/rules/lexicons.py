"""The cue lexicons: which entries stand where in a text, longest first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from annotator.suggestions.sources.rules.words import Words

FOLDER = Path(__file__).parent / "lexicons"
LABELS = {"cue": "Cue", "denial": "Denial", "hedge": "Hedge", "speaker": "Speaker"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A match: words from `first` up to and without `last`, and the lists that have the entry."""

    first: int
    last: int
    lists: tuple[str, ...]


@cache
def entries(name: str) -> frozenset[str]:
    """Return the entries of one list, such as "hedge-non-answer"."""
    return frozenset((FOLDER / f"{name}.txt").read_text(encoding="utf-8").split("\n")) - {""}


@cache
def single_words(prefix: str) -> frozenset[str]:
    """Return the entries of one word each in the lists whose names begin with a prefix."""
    return frozenset(entry for name in names(prefix) for entry in entries(name) if " " not in entry)


@cache
def names(prefix: str = "") -> tuple[str, ...]:
    """Return the names of the lists that begin with a prefix."""
    return tuple(sorted(path.stem for path in FOLDER.glob(f"{prefix}*.txt")))


Phrase = tuple[str, ...]


@cache
def _by_first_word(prefixes: tuple[str, ...]) -> dict[str, list[tuple[int, dict[Phrase, tuple[str, ...]]]]]:
    """Return the lists of each entry by its first word, then by the number of words, longest first."""
    lists: dict[tuple[str, ...], list[str]] = {}
    for name in (name for prefix in prefixes for name in names(prefix)):
        for entry in entries(name):
            key = tuple(Words(entry).lower)
            lists.setdefault(key, []).append(name)
    table: dict[str, dict[int, dict[Phrase, tuple[str, ...]]]] = {}
    for key, names_of_entry in lists.items():
        table.setdefault(key[0], {}).setdefault(len(key), {})[key] = tuple(names_of_entry)
    return {word: sorted(by_length.items(), reverse=True) for word, by_length in table.items()}


def matches(words: Words, *prefixes: str) -> Sequence[Entry]:
    """Return the entries found in a text from left to right, the longest at each word; matches do not overlap."""
    table = _by_first_word(prefixes)
    lower = words.lower
    found = []
    free = 0
    for index in [index for index, word in enumerate(lower) if word in table]:
        if index < free:
            continue
        for length, entries_of_length in table[lower[index]]:
            lists = entries_of_length.get(tuple(lower[index : index + length]))
            if lists is not None:
                free = index + length
                found.append(Entry(index, free, lists))
                break
    return found
