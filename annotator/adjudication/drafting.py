"""A decision in the making: a span whose edges, label and attributes are changed before it is saved. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotator.adjudication.edges import hull, joined, moved, split, split_points, without
from annotator.adjudication.versions import Tokens
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
