"""The consensus of several annotation sets of one document.

The spans of all sets are aligned one to one. Aligned spans become a span of the consensus when more than half of *all*
`n` sets have them with the same label; these `k` sets are its support. Half is not a majority, so in a tie there is no
span.

- Boundaries: those that more than half of the `k` sets have; otherwise the medoid of their spans, which shares most
  with the others (the sum of 2 * shared / (sum of lengths)); of equal ones the shorter, then the earlier. So all
  boundaries were chosen by an annotator.
- Attributes: each value that more than half of the `k` sets have; without such a value there is no attribute.
- Where some sets have several spans and others one, the number of spans is that of more than half of all sets, and only
  these sets count.
- Relations: those that more than half of all sets have with that label between the supported spans.

The result depends on the order of the sets alone through ties between equal spans: callers sort the sets by content.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import fsum
from typing import NamedTuple

from annotator.measures.alignment import (
    AlignedUnit,
    Fragments,
    SetContent,
    SpanContent,
    align,
    length,
    shared_points,
)

SpanKey = tuple[int, int]
"""The number of a set, and the row of one of its spans."""
Arrow = tuple[str, int, int]
"""A relation of the consensus: its label, and the numbers of the spans it leads from and to."""


class Elected(NamedTuple):
    """A span of the consensus, and the spans that support it."""

    fragments: Fragments
    label: str
    attributes: Mapping[str, str]
    supporters: Sequence[SpanKey]


def elect_spans(sets: Sequence[SetContent]) -> list[Elected]:
    """Return the spans of the consensus of two or more sets, in order of position.

    >>> sets = [SetContent([SpanContent("Claim", ((0, end),), {})], []) for end in (4, 4, 9)]
    >>> [(span.fragments, len(span.supporters)) for span in elect_spans(sets)]
    [(((0, 4),), 3)]
    """
    return sorted(_elected(sets), key=lambda span: (*span.fragments, span.label, sorted(span.attributes.items())))


def drawn_relations(sets: Sequence[SetContent], spans: Sequence[Elected]) -> dict[Arrow, list[int]]:
    """Return each relation between spans of the consensus, with the numbers of the sets that have it.

    >>> from annotator.measures.alignment import RelationContent
    >>> spans = [SpanContent("Claim", ((0, 4),), {}), SpanContent("Speaker", ((9, 12),), {})]
    >>> sets = [SetContent(spans, [RelationContent("attributed-to", 0, 1)]), SetContent(spans, [])]
    >>> drawn_relations(sets, elect_spans(sets))
    {('attributed-to', 0, 1): [0]}
    """
    numbers = {key: number for number, span in enumerate(spans) for key in span.supporters}
    drawn: dict[Arrow, list[int]] = {}
    for author, content in enumerate(sets):
        arrows = {
            (relation.label, numbers[author, relation.source], numbers[author, relation.target])
            for relation in content.relations
            if (author, relation.source) in numbers and (author, relation.target) in numbers
        }
        for arrow in arrows:
            drawn.setdefault(arrow, []).append(author)
    return drawn


def elect_relations(drawn: Mapping[Arrow, Sequence[int]], sets: int) -> list[Arrow]:
    """Return the relations that more than half of so many sets have, sorted.

    >>> elect_relations({("attributed-to", 0, 1): [0], ("denies", 2, 0): [0, 1]}, 3)
    [('denies', 2, 0)]
    """
    return sorted(arrow for arrow, authors in drawn.items() if 2 * len(authors) > sets)


def _elected(sets: Sequence[SetContent]) -> Iterator[Elected]:
    units = align({f"{number:06}": content for number, content in enumerate(sets)}).units
    for unit in units:
        for column in _columns(unit, len(sets)):
            spans = {key: sets[key[0]].spans[key[1]] for key in column}
            label, count = Counter(span.label for span in spans.values()).most_common(1)[0]
            if 2 * count > len(sets):
                yield _elect(label, {key: span for key, span in spans.items() if span.label == label})


def _columns(unit: AlignedUnit, sets: int) -> list[list[SpanKey]]:
    """Return the aligned spans of a unit, in as many parts as more than half of all annotators marked."""
    rows = {int(author): own for author, own in unit.rows.items()}
    parts, count = Counter(map(len, rows.values())).most_common(1)[0]
    if 2 * count <= sets:
        return []
    return [[(author, own[part]) for author, own in rows.items() if len(own) == parts] for part in range(parts)]


def _elect(label: str, spans: Mapping[SpanKey, SpanContent]) -> Elected:
    edges = Counter(span.fragments for span in spans.values())
    fragments, count = edges.most_common(1)[0]
    if 2 * count <= len(spans):
        fragments = _medoid([span.fragments for span in spans.values()])
    given = Counter(pair for span in spans.values() for pair in span.attributes.items())
    attributes = {name: value for (name, value), votes in sorted(given.items()) if 2 * votes > len(spans)}
    return Elected(fragments, label, attributes, list(spans))


def _medoid(candidates: Sequence[Fragments]) -> Fragments:
    """Return the fragments that share most with the others."""

    def closeness(edges: Fragments) -> float:
        # The exact sum, rounded once, so that the order of the annotators does not matter.
        return fsum(2 * shared_points(edges, other) / (length(edges) + length(other)) for other in candidates)

    return min(candidates, key=lambda edges: (-closeness(edges), length(edges), edges))
