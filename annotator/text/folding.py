"""Folding of text for search: case, accents, widths and normal forms make no difference. Pure.

Folding works code point by code point, so that a hit can be traced back to its location in the text: each code point is
decomposed (NFKD), loses its combining marks, is case-folded, and is decomposed once more.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

# Scripts without spaces between words: each character is a word, and a phrase finds several.
_SINGLE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
WORD = re.compile(rf"[{_SINGLE}]|(?:(?![{_SINGLE}])[^\W_])+")


class _Folded(dict[int, str]):
    """The folded form of each code point, computed once."""

    def __missing__(self, code_point: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code_point))
        folded = "".join(c for c in parts if not unicodedata.category(c).startswith("M")).casefold()
        again = unicodedata.normalize("NFKD", folded)
        self[code_point] = "".join(c for c in again if not unicodedata.category(c).startswith("M"))
        return self[code_point]


_TABLE = _Folded()
_ASCII = bytes(range(128))
_SAME: set[str] = set()
"""Characters that were seen, and that folding does not change."""


def fold(text: str) -> str:
    r"""Return text without differences of case, accents, widths and normal forms.

    >>> fold("École, STRASSE, straße, İstanbul, cafe\u0301, ＡＢＣ")
    'ecole, strasse, strasse, istanbul, cafe, abc'
    """
    return _folded(text)[0]


def _folded(text: str) -> tuple[str, bool]:
    """Return the folded text, and whether every letter stays at its position.

    Only characters that change are replaced, each in the whole text at once, and those of ASCII as bytes: `casefold`
    and `translate` take several times as long, because they look up every character.
    """
    if text.isascii():
        return text.lower(), True
    keeps = True
    others = text.encode("utf-8", "surrogatepass").translate(None, delete=_ASCII)
    for character in set(others.decode("utf-8", "surrogatepass")) - _SAME:
        form = _TABLE[ord(character)]
        if form == character:
            _SAME.add(character)
        else:
            text = text.replace(character, form)
            keeps = keeps and len(form) == 1
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass"), keeps


def words(text: str) -> list[str]:
    """Return the folded words of a text; characters of scripts without spaces are words of their own.

    >>> words("Ærø-Bad: 東京")
    ['ærø', 'bad', '東', '京']
    """
    return WORD.findall(fold(text))


class WordAt(NamedTuple):
    """A folded word and its location in the text, in code points."""

    word: str
    start: int
    end: int


def words_with_locations(text: str) -> list[WordAt]:
    r"""Return the folded words of a text with their locations.

    >>> words_with_locations("cafe\u0301 ß")[0]
    WordAt(word='cafe', start=0, end=5)
    """
    folded: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        form = _TABLE[ord(character)]
        folded.append(form)
        origins += [index] * len(form)
    origins.append(len(text))
    found = []
    for match in WORD.finditer("".join(folded)):
        start, end = origins[match.start()], origins[match.end() - 1] + 1
        while end < len(text) and not _TABLE[ord(text[end])]:  # Combining marks belong to the letter before.
            end += 1
        found.append(WordAt(match[0], start, end))
    return found


Phrase = tuple[tuple[str, ...], bool]
"""Folded words that stand side by side, and whether the last one may be the beginning of a word."""


def find_phrases(text: str, phrases: Sequence[Phrase]) -> Iterator[tuple[int, int]]:
    """Yield where one of the phrases stands in a text, in code points: at most one phrase at each word.

    >>> list(find_phrases("No, no: north!", [(("no",), False)]))
    [(0, 2), (4, 6)]
    >>> list(find_phrases("No, no: north!", [(("no", "no"), True)]))
    [(0, 6), (4, 13)]
    """
    folded, keeps_positions = _folded(text)
    if keeps_positions:
        found = dict[int, int]()
        for phrase in reversed(phrases):
            found |= dict(_found_in(folded, phrase))
        yield from sorted(found.items())
        return
    located = words_with_locations(text)
    for at, word in enumerate(located):
        for phrase in phrases:
            if _stands_at(phrase, located, at):
                yield word.start, located[at + len(phrase[0]) - 1].end
                break


def _found_in(folded: str, phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Yield where a phrase stands in folded text; it may overlap with itself.

    Its first word is looked for as a string, which is much faster than the pattern.
    """
    pattern, first = _pattern(phrase), phrase[0][0]
    at = folded.find(first)
    while at >= 0:
        if match := pattern.match(folded, at):
            yield at, match.end()
        at = folded.find(first, at + 1)


@lru_cache(maxsize=200)
def _pattern(phrase: Phrase) -> re.Pattern[str]:
    """Return a pattern that matches a phrase at a position of folded text."""
    words, is_prefix = phrase
    letter = rf"(?:(?![{_SINGLE}])[^\W_])"
    parts = []
    for word in words:
        is_single = re.fullmatch(rf"[{_SINGLE}]", word) is not None
        before, after = ("", "") if is_single else (rf"(?:(?<![^\W_])|(?<=[{_SINGLE}]))", rf"(?!{letter})")
        parts.append(before + re.escape(word) + after)
    if is_prefix and not is_single:
        parts[-1] = before + re.escape(word) + rf"{letter}*"
    return re.compile(r"[\W_]*".join(parts))


def _stands_at(phrase: Phrase, located: Sequence[WordAt], at: int) -> bool:
    words, is_prefix = phrase
    size = len(words)
    if at + size > len(located) or any(located[at + n].word != words[n] for n in range(size - 1)):
        return False
    word = located[at + size - 1].word
    return word.startswith(words[-1]) if is_prefix else word == words[-1]
