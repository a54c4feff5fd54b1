"""A draft of a decision: a span whose boundaries, label and attributes are edited before it is saved. Pure.

Offsets are code points; boundaries move by tokens.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from annotator.adjudication.units.versions import Tokens
from annotator.corpus.spans.values import ChangeError, Fragments, SpanValue, read_fragments
from annotator.problems import InvalidInput

LONGEST_QUERY = 500
Side = Literal["start", "end"]
NUMBER = re.compile("-?[0-9]+")
MODES = ("edited", "split", "merged")


@dataclass(frozen=True, slots=True)
class DraftSpan:
    """The draft. `at` is where it is split (mode `split`), `partner` the key of the unit it is merged with.

    `others` are further spans of the version that it starts from, which are kept.
    """

    mode: str
    fragments: Fragments
    label: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    at: int = 0
    partner: int | None = None
    discontinuous: bool = False
    others: tuple[SpanValue, ...] = ()

    def stepped(self, step: str, tokens: Tokens, partners: Sequence[int]) -> "DraftSpan":
        """Return the draft after one step: `start:-1:0`, `end:1:0`, `remove:0`, `at:1`, `partner:-1`."""
        name, *arguments = step.split(":")
        match name, [int(number) for number in arguments if NUMBER.fullmatch(number)]:
            case ("start" | "end") as side, [direction, number] if number in range(len(self.fragments)):
                changed = move_boundary(self.fragments, tokens, number=number, side=side, step=direction)
                return replace(self, fragments=changed)
            case "remove", [number] if number in range(len(self.fragments)):
                return replace(self, fragments=remove_fragment(self.fragments, number))
            case "at", [direction]:
                return replace(self, at=_step(split_positions(self.fragments, tokens), self.at, direction))
            case "partner", [direction]:
                return replace(self, partner=_step(partners, self.partner, direction))
        return self

    def spans(self, tokens: Tokens, partner: Fragments | None) -> tuple[SpanValue, ...]:
        """Return what would be saved. Raises `InvalidInput` when a span cannot be split or there is no partner."""
        if self.mode == "merged":
            if partner is None:
                raise InvalidInput("There is no other unit to merge with.")
            both = [self.fragments, partner]
            return (self._span(union(both) if self.discontinuous else enclose(both)),)
        if self.mode == "split":
            if self.at not in split_positions(self.fragments, tokens):
                raise InvalidInput("A span with one word cannot be split.")
            return self._with_others(*split(self.fragments, tokens, self.at))
        return self._with_others(self.fragments)

    def _with_others(self, *changed: Fragments) -> tuple[SpanValue, ...]:
        spans = [*self.others, *(self._span(fragments) for fragments in changed)]
        return tuple(sorted(spans, key=lambda span: span.fragments))

    def _span(self, fragments: Fragments) -> SpanValue:
        return SpanValue("draft", self.label, fragments, dict(self.attributes))


def _step(values: Sequence[int], current: int | None, direction: int) -> int:
    """The next or previous value of a list; the last or first one at its ends."""
    if not values:
        return current or 0
    index = values.index(current) if current in values else -1
    return values[min(max(index + direction, 0), len(values) - 1)]


def middle(values: Sequence[int]) -> int:
    """Return the value in the middle; 0 when there is none."""
    return values[len(values) // 2] if values else 0


def parse_fragments(value: str) -> Fragments:
    """Return fragments from the value of a form field, such as `0-3,5-8`. Raises `InvalidInput`."""
    try:
        pairs = [[int(offset) for offset in pair.split("-")] for pair in value.split(",")]
        return read_fragments(pairs, "/fragments")
    except (ChangeError, ValueError) as error:
        detail = "The boundaries of the span could not be read. Open the location again."
        raise InvalidInput(detail, errors=[{"pointer": "/fragments", "detail": str(error)}]) from error


def format_fragments(fragments: Fragments) -> str:
    """Return fragments as the value of a form field.

    >>> format_fragments(((0, 3), (5, 8)))
    '0-3,5-8'
    """
    return ",".join(f"{start}-{end}" for start, end in fragments)


def move_boundary(fragments: Fragments, tokens: Tokens, *, number: int, side: Side, step: int) -> Fragments:
    """Return the fragments with one boundary of fragment `number` at the next (step 1) or previous (-1) token.

    A boundary that cannot move stays: no fragment becomes empty, touches its neighbour, or leaves the text.

    >>> move_boundary(((0, 3),), [(0, 3), (4, 8)], number=0, side="end", step=1)
    ((0, 8),)
    """
    start, end = fragments[number]
    here = start if side == "start" else end
    boundaries = [token[0] if side == "start" else token[1] for token in tokens]
    beyond = [boundary for boundary in boundaries if (boundary > here if step > 0 else boundary < here)]
    if not beyond:
        return fragments
    there = min(beyond) if step > 0 else max(beyond)
    low = fragments[number - 1][1] if number else -1
    high = fragments[number + 1][0] if number + 1 < len(fragments) else None
    changed = (there, end) if side == "start" else (start, there)
    if changed[0] >= changed[1] or changed[0] <= low or (high is not None and changed[1] >= high):
        return fragments
    return (*fragments[:number], changed, *fragments[number + 1 :])


def remove_fragment(fragments: Fragments, number: int) -> Fragments:
    """Return the fragments without one of them; the last one is not removed."""
    return fragments if len(fragments) < 2 else (*fragments[:number], *fragments[number + 1 :])


def split_positions(fragments: Fragments, tokens: Tokens) -> list[int]:
    """Return where a span can be split: the starts of its tokens and fragments after the first."""
    inside = [
        start for start, _ in tokens if any(low <= start < high for low, high in fragments) and start > fragments[0][0]
    ]
    return sorted({*inside, *(low for low, _ in fragments[1:])})


def split(fragments: Fragments, tokens: Tokens, at: int) -> tuple[Fragments, Fragments]:
    """Return the two halves of a span split before the token at `at`; white space in between belongs to neither.

    Raises ValueError when `at` is not one of the `split_positions`.
    """
    if at not in split_positions(fragments, tokens):
        raise ValueError(f"A span is split before one of its tokens after the first; none begins at {at}.")
    before = tuple((start, _end_before(tokens, start, min(end, at))) for start, end in fragments if start < at)
    after = tuple((max(start, at), end) for start, end in fragments if end > at)
    return before, after


def _end_before(tokens: Tokens, start: int, end: int) -> int:
    """The end of the last token that ends in (start, end]; `end` where there is none."""
    return max((last for _, last in tokens if start < last <= end), default=end)


def enclose(spans: Sequence[Fragments]) -> Fragments:
    """Return one fragment from the first start to the last end.

    >>> enclose([((0, 3),), ((8, 9), (12, 14))])
    ((0, 14),)
    """
    return ((min(fragments[0][0] for fragments in spans), max(fragments[-1][1] for fragments in spans)),)


def union(spans: Sequence[Fragments]) -> Fragments:
    """Return all fragments as those of one discontinuous span; fragments that touch or overlap become one.

    >>> union([((0, 3), (5, 6)), ((2, 4), (8, 9))])
    ((0, 4), (5, 6), (8, 9))
    """
    merged: list[tuple[int, int]] = []
    for start, end in sorted(fragment for fragments in spans for fragment in fragments):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def word_after(tokens: Tokens, position: int) -> Fragments:
    """Return the first token that begins at a position or after it; the last token where there is none.

    >>> word_after([(0, 3), (4, 8)], 3)
    ((4, 8),)
    """
    return (next((token for token in tokens if token[0] >= position), tokens[-1]),)


def next_token(fragments: Fragments, tokens: Tokens, step: int) -> Fragments:
    """Return the token after a span (step 1) or before it (-1); the span itself at the ends of the text."""
    start, end = fragments[0][0], fragments[-1][1]
    if step > 0:
        token = next((token for token in tokens if token[0] >= end), None)
    else:
        token = next((token for token in reversed(tokens) if token[1] <= start), None)
    return (token,) if token else fragments


def next_sentence(fragments: Fragments, tokens: Tokens, sentences: Tokens, step: int) -> Fragments:
    """Return the first token of the next sentence (step 1) or the previous one (-1); the span itself at the ends."""
    here = fragments[0][0]
    starts = [start for start, _ in sentences if (start > here if step > 0 else start < here)]
    # Within a sentence, the previous start is that of the sentence itself.
    return word_after(tokens, min(starts) if step > 0 else max(starts)) if starts else fragments


def find_words(text: str, words: str, *, near: int) -> Fragments | None:
    r"""Return where words occur in a text, nearest to a position; any white space matches any other. None: nowhere.

    >>> find_words("it rained, it\nrained", "it  rained", near=12)
    ((11, 20),)
    """
    parts = [re.escape(part) for part in words[:LONGEST_QUERY].split()]
    if not parts:
        return None
    matches = [match.span() for match in re.finditer(r"\s+".join(parts), text)]
    return (min(matches, key=lambda span: (abs(span[0] - near), span)),) if matches else None
