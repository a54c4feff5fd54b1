"""What a suggested denial denies and a suggested hedge hedges: a claim suggested for the same text. Pure.

On the adjudicated sample corpus, with its spans: a weakening word and the innermost claim around it, 11 of 11; a
reported reply and the claim after it in its sentence, 6 of 6, another weakening word, 3 of 4; a reply in a quotation or
turn and the nearest earlier claim of another speaker, 20 of 33. Other reported replies have no target here: 4 of 9 were
right.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.suggestions.sources.interface import Suggestion
from annotator.text.sentences import sentence_boundaries

_MISSING_SPACE = re.compile(r"(?<=[a-z])[.!?](?=[A-Z][a-z])")
EVASIVE = frozenset({"non-answer", "deflection"})
Extent = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reply:
    """A suggested denial or hedge with the words of its speaker, "" without one."""

    span: Suggestion
    speaker: str


class Targets:
    """Finds targets among the claims of one text, given with the words of their speakers."""

    def __init__(self, text: str, claims: Sequence[Suggestion], speakers: Mapping[str, str]) -> None:
        self._claims = sorted(claims, key=extent_of)
        self._extents = [extent_of(claim) for claim in self._claims]
        self._speakers = speakers
        self._text = text
        self._starts: dict[int, list[int]] = {}

    def of(self, reply: Reply) -> Suggestion | None:
        """Return the claim that a reply is about; None when no rule finds it."""
        start, end = extent_of(reply.span)
        attributes = reply.span.attributes
        if attributes.get("form") == "reported":
            return self._after(start, end) or self._before(start)
        if attributes.get("kind") in EVASIVE or "target" in attributes:
            return self._earlier(start, reply.speaker)
        return self._around(start, end) or self._after(start, end)

    def _around(self, start: int, end: int) -> Suggestion | None:
        before = bisect_right(self._extents, (start, math.inf))
        around = [number for number in range(before) if end <= self._extents[number][1]]
        best = min(around, key=lambda number: self._extents[number][1] - self._extents[number][0], default=None)
        return None if best is None else self._claims[best]

    def _after(self, start: int, end: int) -> Suggestion | None:
        """Return the first claim after a place in its sentence."""
        last = self._sentence(start)[1]
        number = bisect_left(self._extents, (end, -1))
        return self._claims[number] if number < len(self._claims) and self._extents[number][0] < last else None

    def _before(self, start: int) -> Suggestion | None:
        """Return the last claim before a place in its sentence: “the claim that … has been denied”."""
        first = self._sentence(start)[0]
        from_here = range(bisect_left(self._extents, (first, -1)), len(self._extents))
        before = [number for number in from_here if self._extents[number][1] <= start]
        return self._claims[before[-1]] if before else None

    def _earlier(self, start: int, speaker: str) -> Suggestion | None:
        """Return the nearest earlier claim of another speaker."""
        for number in range(bisect_right(self._extents, (start, math.inf)) - 1, -1, -1):
            claim = self._claims[number]
            if self._extents[number][1] <= start and not (
                speaker and _is_same(speaker, self._speakers.get(claim.id, ""))
            ):
                return claim
        return None

    def _sentence(self, offset: int) -> Extent:
        """Return the sentence around a place, within its line; also after a full stop without the space after it."""
        begin = self._text.rfind("\n", 0, offset) + 1
        starts = self._starts.get(begin)
        if starts is None:
            end = self._text.find("\n", offset)
            line = self._text[begin : end if end >= 0 else len(self._text)]
            found = {0, len(line), *(start for start, _end in sentence_boundaries(line))}
            found.update(match.end() for match in _MISSING_SPACE.finditer(line))
            starts = self._starts[begin] = sorted(begin + start for start in found)
        number = bisect_right(starts, offset)
        return starts[number - 1], starts[min(number, len(starts) - 1)]


def extent_of(span: Suggestion) -> Extent:
    """Return start and end of a span."""
    return span.fragments[0][0], span.fragments[-1][1]


def _is_same(first: str, second: str) -> bool:
    """Return whether two mentions may name one speaker: they end with the same word.

    >>> _is_same("Dmitry Peskov", "peskov"), _is_same("Peskov", "Trump")
    (True, False)
    """
    return first.casefold().split()[-1:] == second.casefold().split()[-1:]
