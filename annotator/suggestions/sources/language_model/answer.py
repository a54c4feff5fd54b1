"""Spans from the answer of a language model: each is found exactly once in the text, or refused with a reason. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from annotator.suggestions.sources.interface import SourceSchema, SuggestedLink, Suggestion
from annotator.suggestions.sources.language_model.prompt import CONFIDENCES

MOST_SPANS = 2000
"""More of one part of a text are not looked at."""
SHOWN_OF_A_QUOTE = 80
WIDEST_GAP = 8
"""So many spaces may stand between a quote and what is before and after it."""
FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL)
# Marks that models like to replace, one character by one: offsets stay as they are.
_SINGLE, _DOUBLE, _DASHES = "‘’‚‛`´′", "“”„‟«»″", "‐‑‒–—―−"
_SAME = str.maketrans({
    **dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"'), **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("\n\r\t\u00a0\u2009\u202f", " "),
})  # fmt: skip


class UnreadableAnswer(ValueError):
    """Raised for an answer that is not the JSON object that was asked for."""


@dataclass
class Refused:
    """What of an answer was not taken: how often by reason, and some of the quotes."""

    counts: dict[str, int] = field(default_factory=dict)
    quotes: list[tuple[str, str]] = field(default_factory=list)

    def add(self, reason: str, quote: str = "") -> None:
        """Count a refusal."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        if quote:
            short = quote if len(quote) <= SHOWN_OF_A_QUOTE else f"{quote[: SHOWN_OF_A_QUOTE - 1]}…"
            self.quotes.append((reason, short))


@dataclass
class Taken:
    """What was taken from answers, with ids that are used once, and what was refused."""

    spans: list[Suggestion] = field(default_factory=list)
    links: dict[SuggestedLink, None] = field(default_factory=dict)
    refused: Refused = field(default_factory=Refused)
    places: set[tuple[str, tuple[tuple[int, int], ...]]] = field(default_factory=set)


class CheckedSchema(SourceSchema, Protocol):
    """A schema that checks spans and relations."""

    def check_span(self, label: str, fragments_count: int, attributes: Mapping[str, str]) -> Sequence[Any]:
        """Return errors in a span."""

    def check_relation(self, relation: str, from_label: str, to_label: str) -> Sequence[Any]:
        """Return errors in a relation."""


def take(content: str, text: str, start: int, schema: CheckedSchema, taken: Taken) -> None:
    """Add to `taken` what an answer says about a part of a text that begins at `start`.

    Raises `UnreadableAnswer`.
    """
    answer = _read(content)
    ids: dict[str, Suggestion] = {}
    for item in answer["spans"][:MOST_SPANS]:
        if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in ("label", "quote")):
            taken.refused.add("malformed")
            continue
        found = _span(item, text, start, schema, taken)
        if found is not None:
            ids.setdefault(str(item.get("id")), found)
    if len(answer["spans"]) > MOST_SPANS:
        taken.refused.add("too_many")
    for item in answer["links"][:MOST_SPANS]:
        link = _link(item, ids, schema) if isinstance(item, dict) else None
        if link is None or link in taken.links:
            taken.refused.add("link")
        else:
            taken.links[link] = None


def _read(content: str) -> dict[str, list[Any]]:
    fenced = FENCE.fullmatch(content)
    try:
        value = orjson.loads(fenced[1] if fenced else content)
    except ValueError as error:
        raise UnreadableAnswer("It is no JSON.") from error
    spans, links = (value.get("spans"), value.get("links", [])) if isinstance(value, dict) else (None, None)
    if not isinstance(spans, list) or not isinstance(links, list):
        raise UnreadableAnswer("It has no list of spans.")
    return {"spans": spans, "links": links}


def _span(item: Mapping[str, Any], text: str, start: int, schema: CheckedSchema, taken: Taken) -> Suggestion | None:
    """Return the suggestion of an item; None when it is refused."""
    label, quote = item["label"], item["quote"]
    refuse = taken.refused.add
    if label not in schema.labels:
        refuse("unknown_label", quote)
        return None
    places = _fragments(item, text, is_interrupted=schema.labels[label].discontinuous)
    if isinstance(places, str):
        refuse(places, quote)
        return None
    fragments = tuple((start + first, start + last) for first, last in places)
    if (label, fragments) in taken.places:
        refuse("duplicate", quote)
        return None
    taken.places.add((label, fragments))
    attributes = schema.labels[label].default_attributes()
    for name, value in _pairs(item.get("attributes")):
        if schema.check_span(label, len(fragments), {name: value}):
            refuse("attribute")
        elif value:
            attributes[name] = value
    score = CONFIDENCES.get(item["confidence"] if isinstance(item.get("confidence"), str) else "", CONFIDENCES["low"])
    span = Suggestion(f"s{len(taken.spans) + 1}", label, fragments, score, attributes)
    taken.spans.append(span)
    return span


def _fragments(item: Mapping[str, Any], text: str, *, is_interrupted: bool) -> list[tuple[int, int]] | str:
    """Return where the pieces of a span stand, each found exactly once and after the one before; or the reason."""
    more = item.get("more") or []
    if not isinstance(more, list) or not all(
        isinstance(piece, dict) and isinstance(piece.get("quote"), str) for piece in more
    ):
        return "malformed"
    if more and not is_interrupted:
        return "pieces"
    places: list[tuple[int, int]] = []
    for piece in [item, *more]:
        before, after = (value if isinstance(value := piece.get(key), str) else "" for key in ("before", "after"))
        place = anchor(text, piece["quote"], before, after)
        if isinstance(place, str):
            return place
        if places and place[0] <= places[-1][1]:
            return "pieces"
        places.append(place)
    return places


def _pairs(attributes: object) -> Iterator[tuple[str, str]]:
    """Yield names and values, as a list of pairs or as an object."""
    pairs = attributes.items() if isinstance(attributes, dict) else (
        (item.get("name"), item.get("value")) for item in (attributes if isinstance(attributes, list) else ())
        if isinstance(item, dict)
    )  # fmt: skip
    for name, value in pairs:
        if isinstance(name, str) and isinstance(value, str):
            yield name, value


def _link(item: Mapping[str, Any], ids: Mapping[str, Suggestion], schema: CheckedSchema) -> SuggestedLink | None:
    begin, end = ids.get(str(item.get("from"))), ids.get(str(item.get("to")))
    label = item.get("label")
    if begin is None or end is None or begin is end or not isinstance(label, str):
        return None
    if schema.check_relation(label, begin.label, end.label):
        return None
    return SuggestedLink(label, begin.id, end.id)


def anchor(text: str, quote: str, before: str = "", after: str = "") -> tuple[int, int] | str:
    """Return where a quote stands in a text; the reason when that is nowhere, or is not certain.

    An exact passage counts before one that differs in marks, dashes and case, and whole words before parts of words.
    Of several passages the one between `before` and `after` is meant.

    >>> anchor("He said no. She said “no” as well.", "No", "said ", ".")
    (8, 10)
    >>> anchor("He said no. She said no.", "no")
    'ambiguous'
    """
    quote = quote.strip()
    if not quote:
        return "not_in_text"
    folded = fold(text)
    for haystack, needle in ((text, quote), (folded, fold(quote))):
        if all_places := list(_places(haystack, needle)):
            whole = [place for place in all_places if _is_whole(text, place)]
            places = whole or all_places
            if len(places) > 1:
                places = [place for place in places if _stands_between(folded, place, fold(before), fold(after))]
                if not places or not (before.strip() or after.strip()):
                    return "ambiguous"
            return places[0] if len(places) == 1 else "ambiguous"
    return "not_in_text"


def fold(text: str) -> str:
    """Return a text of the same length without differences of marks, dashes, spaces and case."""
    same = text.translate(_SAME)
    lower = same.lower()
    return lower if len(lower) == len(same) else "".join(c if len(c.lower()) > 1 else c.lower() for c in same)


def _places(text: str, quote: str) -> Iterator[tuple[int, int]]:
    at = text.find(quote)
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + 1)


def _is_whole(text: str, place: tuple[int, int]) -> bool:
    """Return whether a passage begins and ends where words do."""
    start, end = place
    cuts_first = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cuts_last = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not cuts_first and not cuts_last


def _stands_between(folded: str, place: tuple[int, int], before: str, after: str) -> bool:
    """Return whether a passage has these characters around it; spaces next to it do not matter."""
    start, end = place
    left = folded[max(0, start - len(before) - WIDEST_GAP) : start]
    right = folded[end : end + len(after) + WIDEST_GAP]
    return left.rstrip().endswith(before.strip()) and right.lstrip().startswith(after.strip())
