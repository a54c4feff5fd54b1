"""Words of saying, thinking, wanting and judging by kind, in all their inflections. Pure.

A model of few texts has seen few of the verbs that introduce what people say; of the others it knows the kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "cue_words.txt"
"""A line for each kind; irregular forms of a verb stand behind it."""
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class CueWord:
    """The kind of a word with its inflection, and its base form."""

    kind: str
    base: str


@cache
def cue_words() -> dict[str, CueWord]:
    """Return the words of the list by inflected form; the first kind of a form counts.

    >>> cue_words()["denies"], cue_words()["said"].kind
    (CueWord(kind='deny s', base='deny'), 'say ed')
    """
    known: dict[str, CueWord] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        kind, _colon, words = line.partition(": ")
        for word in words.split():
            base, *irregular = word.split("/")
            for form, inflection in _forms(base, kind, irregular):
                known.setdefault(form, CueWord(f"{kind} {inflection}".rstrip(), base))
    return known


def _forms(word: str, kind: str, irregular: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the forms of a word, each with its inflection."""
    yield word, ""
    if kind.endswith("adjective"):
        return
    yield _with_s(word), "s"
    if kind.endswith("noun"):
        return
    stem = word[:-1] if word.endswith("e") and word[-2:] not in {"ee", "oe", "ye"} else word
    present = [form for form in irregular if form.endswith("ing")]
    past = [form for form in irregular if not form.endswith("ing")]
    for form in present or [f"{stem}ing"]:
        yield form, "ing"
    for form in past or [_with_ed(word)]:
        yield form, "ed"


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}s"


def _with_ed(word: str) -> str:
    if word.endswith("y") and word[-2] not in _VOWELS:
        return f"{word[:-1]}ied"
    return f"{word.removesuffix('e')}ed"
