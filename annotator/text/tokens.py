"""Tokens of a text: the units to which selections snap and by which agreement is measured.

A token is

- a word with its inner apostrophes and hyphens (`don't`, `tea-time`), also initials written together (`U.S.`);
- the English genitive by itself (`Tomic` + `'s`), so that a speaker can be marked without it;
- a number with its inner points, commas and colons (`1,000.5`, `10:30`);
- one character of a script written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese), with its marks;
- otherwise one grapheme cluster: a punctuation mark, or an emoji with all its parts.

White space and invisible controls (bidi marks, zero width space) belong to no token. A combining mark is never parted
from its base. Grapheme clusters follow UAX #29 in the Unicode version of the `regex` package.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import regex

Range = tuple[int, int]

# Scripts written without spaces between words; by script extension, so that the prolonged sound mark counts as kana.
_DENSE = r"\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}"
_LETTER = rf"[[\p{{L}}\p{{N}}_]--[{_DENSE}]]"
# Characters that continue the previous one: marks, joiners, soft hyphen, word joiner.
_MARK = r"[\p{M}\u00ad\u200c\u200d\u2060]"
_APOSTROPHE = "['’]"
# Apostrophes, hyphens, Hebrew maqaf, geresh and gershayim, Catalan middle dot; each only between letters.
_INNER = r"['’ʼ\-\u2010\u2011\u05be\u05f3\u05f4·]"
_GENITIVE = rf"{_APOSTROPHE}[sS](?!{_LETTER}|{_MARK}|{_INNER}{_LETTER})"
_NUMBER_POINT = r"(?<=\p{Nd})[.,:](?=\p{Nd})"
_INVISIBLE = r"[\s\p{Cc}[\p{Cf}&&\p{Default_Ignorable_Code_Point}]]"

_NOT_SPACE = regex.compile(r"\S+")
_TOKEN = regex.compile(
    rf"""
      (?> (?: \p{{Lu}} {_MARK}* \. ){{2,}} ) (?! {_MARK} )
    | {_LETTER} {_MARK}*+ (?: {_LETTER} {_MARK}*+ | (?! {_GENITIVE} ) {_INNER} (?= {_LETTER} ) | {_NUMBER_POINT} )*+
    | (?<= {_LETTER} | {_MARK} ) {_GENITIVE}
    | (?! {_INVISIBLE} ) (?: \p{{GCB=Prepend}}+ (?= {_INVISIBLE} ) | \X )
    """,
    regex.VERSION1 | regex.VERBOSE,
)


def token_boundaries(text: str) -> list[Range]:
    """Return `(start, end)` of every token in code points, in order.

    >>> text = "Ada's tea-time 🤷🏽‍♀️."
    >>> [text[start:end] for start, end in token_boundaries(text)]
    ['Ada', "'s", 'tea-time', '🤷🏽\u200d♀️', '.']
    """
    return [match.span() for match in _TOKEN.finditer(text)]


def white_space_tokens(text: str) -> list[Range]:
    """Return `(start, end)` of every stretch without white space: the tokens of many publications.

    >>> text = "Ada's tea-time, no."
    >>> [text[start:end] for start, end in white_space_tokens(text)]
    ["Ada's", 'tea-time,', 'no.']
    """
    return [match.span() for match in _NOT_SPACE.finditer(text)]


TOKEN_RULES: Mapping[str, Callable[[str], list[Range]]] = MappingProxyType(
    {"product": token_boundaries, "white_space": white_space_tokens}
)
"""The rules by which agreement may be measured over tokens: ours, and white space alone."""


def split_tokens(
    text: str, boundaries: Iterable[int], tokens: Callable[[str], list[Range]] = token_boundaries
) -> Iterator[Range]:
    """Yield the tokens of a text in order, split at each of `boundaries`, so that every span consists of whole tokens.

    `tokens` is the rule by which a text is cut. Only white space and invisible characters lie between two tokens.

    >>> list(split_tokens("no way", [1]))
    [(0, 1), (1, 2), (3, 6)]
    """
    cuts = sorted(set(boundaries))
    index = 0
    for start, end in tokens(text):
        while index < len(cuts) and cuts[index] <= start:
            index += 1
        begin = start
        while index < len(cuts) and cuts[index] < end:
            yield begin, cuts[index]
            begin = cuts[index]
            index += 1
        yield begin, end
