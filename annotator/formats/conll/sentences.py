"""Tokens of a sentence in a column file, and where they lie in its text."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from annotator.formats.tokens import TAG

_RANGE = re.compile(r"(\d+)-(\d+)\Z", re.ASCII)
_EMPTY_NODE = re.compile(r"\d+\.\d+\Z", re.ASCII)
_NO_SPACE = "SpaceAfter=No"
_MENTION = re.compile(r"\(")


class Token:
    """A row: its location in words, its number in the sentence, the token, its tags, and the features of CoNLL-U."""

    __slots__ = ("__dict__", "location", "misc", "number", "tags", "words")

    def __init__(self, location: str, number: str, words: str, tags: list[str], misc: str) -> None:
        self.location = location
        self.number = number
        self.words = words
        self.tags = tags
        self.misc = misc

    @cached_property
    def tagged_features(self) -> dict[str, str]:
        """The features whose value is a tag such as B-PER."""
        return {name: value for name, value in self._features() if value != "O" and TAG.match(value)}

    @cached_property
    def mentions(self) -> int:
        """The number of entities in brackets that begin here."""
        return sum(len(_MENTION.findall(value)) for name, value in self._features() if name == "Entity")

    def _features(self) -> Iterator[tuple[str, str]]:
        for feature in self.misc.split("|") if "=" in self.misc else ():
            name, _, value = feature.partition("=")
            yield name, value


class Placed(NamedTuple):
    """A token and its location in the text of the document."""

    token: Token
    start: int
    end: int


def place_tokens(text: str, tokens: list[Token], at: int) -> tuple[str, list[Placed]]:
    """Return the text of a sentence that begins at offset `at`, and its tokens with their locations.

    The given text counts if it holds all tokens in their order; otherwise the text is composed.
    """
    ranges = list(_surface(tokens))
    found = _look_up(text, [words for words, _, _ in ranges])
    if found is None:
        text, found = _compose(ranges)
    placed = []
    for (_, _, own), (start, end) in zip(ranges, found, strict=True):
        placed += [Placed(token, at + start, at + end) for token in own]
    return text, placed


def _surface(tokens: list[Token]) -> Iterator[tuple[str, bool, list[Token]]]:
    """Yield words as written, whether a space follows, and the tokens that they consist of; several in `2-3 zum`."""
    until = 0
    group: tuple[str, bool, list[Token]] | None = None
    for token in tokens:
        if _EMPTY_NODE.match(token.number):
            continue
        span = _RANGE.match(token.number)
        if span:
            group = (token.words, _NO_SPACE not in token.misc, [])
            until = int(span[2])
        elif group is not None and token.number.isdecimal() and int(token.number) <= until:
            group[2].append(token)
            if int(token.number) == until:
                yield group
                group = None
        else:
            yield token.words, _NO_SPACE not in token.misc, [token]
    if group is not None:
        yield group


def _look_up(text: str, words: list[str]) -> list[tuple[int, int]] | None:
    if not text:
        return None
    found, at = [], 0
    for word in words:
        start = text.find(word, at)
        if start < 0 or text[at:start].strip():
            return None
        at = start + len(word)
        found.append((start, at))
    return None if text[at:].strip() else found


def _compose(ranges: list[tuple[str, bool, list[Token]]]) -> tuple[str, list[tuple[int, int]]]:
    """Return words joined by spaces, and their locations; a word without characters takes no place."""
    parts: list[str] = []
    found, at, space = [], 0, ""
    for word, is_followed, _ in ranges:
        if not word:
            found.append((at, at))
            continue
        parts.append(space + word)
        start = at + len(space)
        at = start + len(word)
        found.append((start, at))
        space = " " if is_followed else ""
    return "".join(parts), found
