"""A decision in the making: a span whose edges, label and attributes are changed before it is saved. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from annotator.adjudication.units.versions import Tokens
from annotator.corpus.spans.values import ChangeError, Fragments, SpanValue, read_fragments
from annotator.problems import InvalidInput

MODES = ("edited", "split", "merged")


@dataclass(frozen=True, slots=True)
class DraftSpan:
    """What is being made. `at` is where it is parted (mode split), `partner` the key of the unit it is merged with."""

    mode: str
    fragments: Fragments
    label: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    at: int = 0
    partner: int | None = None
    in_pieces: bool = False

    def stepped(self, step: str, tokens: Tokens, partners: Sequence[int]) -> "DraftSpan":
        """Return the draft after one step: `start:-1:0`, `end:1:0`, `remove:0`, `at:1`, `partner:-1`; else as it is."""
        name, *arguments = step.split(":")
        numbers = [int(each) for each in arguments if each.lstrip("-").isascii() and each.lstrip("-").isdigit()]
        match name, numbers:
            case ("start" | "end") as edge, [direction, number] if number in range(len(self.fragments)):
                changed = moved(self.fragments, tokens, number=number, edge=edge, step=direction)
                return replace(self, fragments=changed)
            case "remove", [number] if number in range(len(self.fragments)):
                return replace(self, fragments=without(self.fragments, number))
            case "at", [direction]:
                return replace(self, at=_neighbour(split_points(self.fragments, tokens), self.at, direction))
            case "partner", [direction]:
                return replace(self, partner=_neighbour(partners, self.partner, direction))
        return self

    def spans(self, tokens: Tokens, partner: Fragments | None) -> tuple[SpanValue, ...]:
        """Return what would be saved. Raises `InvalidInput` when a span cannot be parted or there is no partner."""
        if self.mode == "merged":
            if partner is None:
                raise InvalidInput("There is no other unit to merge this one with.")
            pieces = [self.fragments, partner]
            return (self._span(joined(pieces) if self.in_pieces else hull(pieces)),)
        if self.mode == "split":
            if self.at not in split_points(self.fragments, tokens):
                raise InvalidInput("A span of one word cannot be split.")
            return tuple(self._span(part) for part in split(self.fragments, tokens, self.at))
        return (self._span(self.fragments),)

    def _span(self, fragments: Fragments) -> SpanValue:
        return SpanValue("draft", self.label, fragments, dict(self.attributes))


def _neighbour(places: Sequence[int], here: int | None, direction: int) -> int:
    """The place one further on in a list; at its ends it stays."""
    if not places:
        return here or 0
    at = places.index(here) if here in places else -1
    return places[min(max(at + direction, 0), len(places) - 1)]


def middle(places: Sequence[int]) -> int:
    """Return the place in the middle; 0 when there is none."""
    return places[len(places) // 2] if places else 0


def read_draft_fragments(given: str) -> Fragments:
    """Read fragments as they stand in a form, `0-3,5-8`. Raises `InvalidInput`."""
    try:
        pairs = [[int(edge) for edge in pair.split("-")] for pair in given.split(",")]
        return read_fragments(pairs, "/fragments")
    except (ChangeError, ValueError) as error:
        detail = "The boundaries of the span got lost on the way. Open the unit again."
        raise InvalidInput(detail, errors=[{"pointer": "/fragments", "detail": str(error)}]) from error


def written(fragments: Fragments) -> str:
    """Return fragments as they stand in a form.

    >>> written(((0, 3), (5, 8)))
    '0-3,5-8'
    """
    return ",".join(f"{start}-{end}" for start, end in fragments)


Edge = Literal["start", "end"]


def moved(fragments: Fragments, tokens: Tokens, *, number: int, edge: Edge, step: int) -> Fragments:
    """Return the fragments with one edge of fragment `number` at the next (step 1) or previous (-1) token.

    What cannot move stays: no fragment becomes empty, touches the one beside it, or leaves the text.

    >>> moved(((0, 3),), [(0, 3), (4, 8)], number=0, edge="end", step=1)
    ((0, 8),)
    """
    start, end = fragments[number]
    here = start if edge == "start" else end
    places = [token[0] if edge == "start" else token[1] for token in tokens]
    beyond = [place for place in places if (place > here if step > 0 else place < here)]
    if not beyond:
        return fragments
    there = min(beyond) if step > 0 else max(beyond)
    low = fragments[number - 1][1] if number else -1
    high = fragments[number + 1][0] if number + 1 < len(fragments) else None
    changed = (there, end) if edge == "start" else (start, there)
    if changed[0] >= changed[1] or changed[0] <= low or (high is not None and changed[1] >= high):
        return fragments
    return (*fragments[:number], changed, *fragments[number + 1 :])


def without(fragments: Fragments, number: int) -> Fragments:
    """Return the fragments without one of them; the last one stays."""
    return fragments if len(fragments) < 2 else (*fragments[:number], *fragments[number + 1 :])


def split_points(fragments: Fragments, tokens: Tokens) -> list[int]:
    """Return where a span can be parted: the starts of its tokens beyond the first, and of its further fragments."""
    inside = [
        start for start, _ in tokens if any(low <= start < high for low, high in fragments) and start > fragments[0][0]
    ]
    return sorted({*inside, *(low for low, _ in fragments[1:])})


def split(fragments: Fragments, tokens: Tokens, at: int) -> tuple[Fragments, Fragments]:
    """Return the two parts of a span parted before the token at `at`; white space in between belongs to neither.

    Raises ValueError when `at` is not one of the `split_points`.
    """
    if at not in split_points(fragments, tokens):
        raise ValueError(f"A span is parted before one of its tokens; none but the first begins at {at}.")
    before = tuple((start, _end_before(tokens, start, min(end, at))) for start, end in fragments if start < at)
    after = tuple((max(start, at), end) for start, end in fragments if end > at)
    return before, after


def _end_before(tokens: Tokens, start: int, end: int) -> int:
    """The end of the last token that ends in (start, end]; the place itself where there is none."""
    return max((last for _, last in tokens if start < last <= end), default=end)


def hull(pieces: Sequence[Fragments]) -> Fragments:
    """Return one fragment from the first start to the last end.

    >>> hull([((0, 3),), ((8, 9), (12, 14))])
    ((0, 14),)
    """
    return ((min(start[0][0] for start in pieces), max(end[-1][1] for end in pieces)),)


def joined(pieces: Sequence[Fragments]) -> Fragments:
    """Return all fragments as those of one span, gaps left out; what touches or overlaps becomes one fragment.

    >>> joined([((0, 3), (5, 6)), ((2, 4), (8, 9))])
    ((0, 4), (5, 6), (8, 9))
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted(fragment for fragments in pieces for fragment in fragments):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


LONGEST_QUERY = 500


def word_after(tokens: Tokens, position: int) -> Fragments:
    """Return the first token that begins at a position or after it; the last one where there is none.

    >>> word_after([(0, 3), (4, 8)], 3)
    ((4, 8),)
    """
    found = next((token for token in tokens if token[0] >= position), tokens[-1])
    return (found,)


def shifted(fragments: Fragments, tokens: Tokens, step: int) -> Fragments:
    """Return one token: the next after a span (step 1), or the one before it (-1); at the ends of the text it stays."""
    start, end = fragments[0][0], fragments[-1][1]
    if step > 0:
        found = next((token for token in tokens if token[0] >= end), None)
    else:
        found = next((token for token in reversed(tokens) if token[1] <= start), None)
    return (found,) if found else fragments


def next_sentence(fragments: Fragments, tokens: Tokens, sentences: Tokens, step: int) -> Fragments:
    """Return the first token of the next sentence (step 1) or of the one before (-1); at the ends it stays."""
    here = fragments[0][0]
    starts = [start for start, _ in sentences if (start > here if step > 0 else start < here)]
    # Within a sentence, back means its beginning first.
    return word_after(tokens, min(starts) if step > 0 else max(starts)) if starts else fragments


def occurrence(text: str, words: str, *, near: int) -> Fragments | None:
    r"""Return where words stand in a text, nearest to a position; blanks and line breaks count alike. None: nowhere.

    >>> occurrence("it rained, it\nrained", "it  rained", near=12)
    ((11, 20),)
    """
    parts = [re.escape(part) for part in words[:LONGEST_QUERY].split()]
    if not parts:
        return None
    found = [match.span() for match in re.finditer(r"\s+".join(parts), text)]
    return (min(found, key=lambda place: (abs(place[0] - near), place)),) if found else None
