"""The cue lexicons: which entries stand where in a text, longest first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
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


@dataclass(slots=True)
class _Beginning:
    """What begins with a word: the lists that have it alone, and longer entries by second word and number of words."""

    alone: tuple[str, ...] | None = None
    longer: dict[str, dict[int, dict[Phrase, tuple[str, ...]]]] = field(default_factory=dict)


@cache
def _by_first_word(prefixes: tuple[str, ...]) -> dict[str, _Beginning]:
    """Return the lists of each entry by its first word, with the longest entries first."""
    lists: dict[tuple[str, ...], list[str]] = {}
    for name in (name for prefix in prefixes for name in names(prefix)):
        for entry in entries(name):
            key = tuple(Words(entry).lower)
            lists.setdefault(key, []).append(name)
    table: dict[str, _Beginning] = {}
    for key, names_of_entry in sorted(lists.items(), key=lambda item: -len(item[0])):
        beginning = table.setdefault(key[0], _Beginning())
        if len(key) == 1:
            beginning.alone = tuple(names_of_entry)
        else:
            beginning.longer.setdefault(key[1], {}).setdefault(len(key), {})[key] = tuple(names_of_entry)
    return table


def matches(words: Words, *prefixes: str) -> Sequence[Entry]:
    """Return the entries found in a text from left to right, the longest at each word; matches do not overlap."""
    table = _by_first_word(prefixes)
    lower = words.lower
    found: list[Entry] = []
    free = 0
    for index in compress(range(len(lower)), map(table.__contains__, lower)):
        if index < free:
            continue
        beginning = table[lower[index]]
        lists, last = beginning.alone, index + 1
        if beginning.longer and last < len(lower):
            for length, entries_of_length in beginning.longer.get(lower[last], {}).items():
                longer = entries_of_length.get(tuple(lower[index : index + length]))
                if longer is not None:
                    lists, last = longer, index + length
                    break
        if lists is not None:
            free = last
            found.append(Entry(index, last, lists))
    return found
