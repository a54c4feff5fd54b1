"""Folding of text for search: case, accents, widths and normal forms make no difference. Pure.

Folding works code point by code point, so that a hit can be traced back to its location in the text: each code point is
decomposed (NFKD), loses its combining marks, is case-folded, and is decomposed once more.
"""

import re
import unicodedata
from dataclasses import dataclass

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


def fold(text: str) -> str:
    r"""Return text without differences of case, accents, widths and normal forms.

    >>> fold("École, STRASSE, straße, İstanbul, cafe\u0301, ＡＢＣ")
    'ecole, strasse, strasse, istanbul, cafe, abc'
    """
    return text.translate(_TABLE)


def words(text: str) -> list[str]:
    """Return the folded words of a text; characters of scripts without spaces are words of their own.

    >>> words("Ærø-Bad: 東京")
    ['ærø', 'bad', '東', '京']
    """
    return WORD.findall(fold(text))


@dataclass(frozen=True, slots=True)
class WordAt:
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
