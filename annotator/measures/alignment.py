"""Alignment of the spans of several annotation sets of one document, and how each aligned unit differs.

`align` takes two or more sets by the names of their authors and returns *units*: locations in the text with at most one
span of each author (several only where one author marked in parts what another marked as one). Every span is in exactly
one unit. Spans are joined in four steps, each of which keeps what an earlier step joined:

1. equal label and fragments;
2. equal label and at least one shared code point, the largest overlap first (the pairing behind the F1 figures);
3. equal fragments, another label;
4. another label, where they coincide by half or more, 2 * shared / (sum of lengths) >= `COINCIDING`, the largest
   overlap first: a speaker inside another annotator's claim is not a claim with another label.

Ties go by position in the text, then by label and author, so that neither the order of spans nor that of sets matters.
Last, spans without a partner join the longer span of another author as further parts beside what their own author has
there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from typing import NamedTuple

COINCIDING = 0.5

Fragments = tuple[tuple[int, int], ...]
Overlap = tuple[int, int, int]


class DisagreementKind(StrEnum):
    """In which way sets differ about a unit or a relation."""

    MISSED = "missed"
    BOUNDARY = "boundary"
    SEGMENTATION = "segmentation"
    LABEL = "label"
    ATTRIBUTE = "attribute"
    RELATION = "relation"


class SpanContent(NamedTuple):
    """What of a span is compared; fragments are sorted, positions are code points."""

    label: str
    fragments: Fragments
    attributes: Mapping[str, str]

    @property
    def start(self) -> int:
        """The first code point."""
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        """The position after the last code point."""
        return self.fragments[-1][1]


AGREED: frozenset[DisagreementKind] = frozenset()
ATTRIBUTES = frozenset({DisagreementKind.ATTRIBUTE})


@dataclass(frozen=True)
class RelationContent:
    """A relation between two spans of a set, given by their rows."""

    label: str
    source: int
    target: int


@dataclass(frozen=True)
class SetContent:
    """The spans and relations of one set of a document."""

    spans: Sequence[SpanContent]
    relations: Sequence[RelationContent]


class AlignedUnit(NamedTuple):
    """One location from `start` to `end`: the rows of spans by author (in order of the text), and how they differ.

    An author without an entry did not annotate it. `kinds` is empty when all authors agree in everything.
    """

    rows: Mapping[str, tuple[int, ...]]
    start: int
    end: int
    kinds: frozenset[DisagreementKind]


@dataclass(frozen=True)
class AlignedRelation:
    """A relation between two units (indexes into `Alignment.units`): the rows of relations by author.

    `is_contested` when an author does not have it, or has it with another label.
    """

    source: int
    target: int
    rows: Mapping[str, tuple[int, ...]]
    is_contested: bool


@dataclass(frozen=True)
class Alignment:
    """All units in order of the text, and the relations between them."""

    units: Sequence[AlignedUnit]
    relations: Sequence[AlignedRelation]


def shared_points(first: Fragments, second: Fragments) -> int:
    """Return how many code points two spans share, over all their fragments.

    >>> shared_points(((0, 5), (8, 9)), ((3, 10),))
    3
    """
    return sum(max(0, min(end, to) - max(start, since)) for start, end in first for since, to in second)


def length(fragments: Fragments) -> int:
    """Return how many code points a span covers.

    >>> length(((0, 5), (8, 9)))
    6
    """
    return sum(end - start for start, end in fragments)


class AuthoredSpan(NamedTuple):
    """A span with the number of its author; `attributes` are sorted pairs, used only to order identical spans."""

    author: int
    label: str
    fragments: Fragments
    attributes: Sequence[tuple[str, str]]


class Groups:
    """Spans while they are joined to units: every span (a node, numbered by its index) is in one group."""

    def __init__(self, spans: Sequence[AuthoredSpan], *, authors: int) -> None:
        self._spans = spans
        self._authors = authors
        self._author = [span.author for span in spans]
        self._label = [span.label for span in spans]
        self._fragments = [span.fragments for span in spans]
        self._starts = [span.fragments[0][0] for span in spans]
        self._ends = [span.fragments[-1][1] for span in spans]
        self._group = [[node] for node in range(len(spans))]

    def joined(self) -> list[list[int]]:
        """Return the groups after all steps."""
        self._join_identical(labelled=True)
        overlaps = list(self._overlaps())
        self._join_overlapping([pair for pair in overlaps if self._label[pair[1]] == self._label[pair[2]]])
        self._join_identical(labelled=False)
        self._join_overlapping(
            [pair for pair in overlaps if self._label[pair[1]] != self._label[pair[2]]], coinciding=True
        )
        self._attach_parts(overlaps)
        return list({id(group): group for group in self._group}.values())

    def _is_open(self, node: int) -> bool:
        """Return whether an author is still missing from the group of a span."""
        return len(self._group[node]) < self._authors

    def _join(self, one: int, other: int) -> None:
        first, second = self._group[one], self._group[other]
        if first is second or {self._author[node] for node in first} & {self._author[node] for node in second}:
            return
        first.extend(second)
        for node in second:
            self._group[node] = first

    def _join_identical(self, *, labelled: bool) -> None:
        """Join spans with equal fragments (and labels), the first of each author with the first of the others."""
        alike: dict[tuple[str, Fragments], list[int]] = {}
        for node, label in enumerate(self._label):
            if self._is_open(node):
                alike.setdefault((label if labelled else "", self._fragments[node]), []).append(node)
        for nodes in alike.values():
            if len(nodes) > 1:
                self._join_columns(nodes)

    def _join_columns(self, nodes: Sequence[int]) -> None:
        by_author: dict[int, list[int]] = {}
        for node in sorted(nodes, key=lambda node: (self._label[node], self._spans[node].attributes)):
            by_author.setdefault(self._author[node], []).append(node)
        columns = [by_author[author] for author in sorted(by_author)]
        for place in range(max(map(len, columns))):
            present = [column[place] for column in columns if place < len(column)]
            for node in present[1:]:
                self._join(present[0], node)

    def _overlaps(self) -> Iterator[Overlap]:
        """Yield pairs of spans of different authors that overlap, with the shared code points; one of the two is open.

        A sweep over starts; the author with the smaller number comes first.
        """
        open_nodes = [self._is_open(node) for node in range(len(self._group))]
        present: dict[int, None] = {}
        ending: list[tuple[int, int]] = []
        for node in sorted(range(len(self._starts)), key=self._starts.__getitem__):
            start, author, is_open = self._starts[node], self._author[node], open_nodes[node]
            while ending and ending[0][0] <= start:
                present.pop(heappop(ending)[1])
            for other in present:
                if self._author[other] != author and (is_open or open_nodes[other]):
                    shared = shared_points(self._fragments[node], self._fragments[other])
                    if shared:
                        yield (shared, other, node) if self._author[other] < author else (shared, node, other)
            present[node] = None
            heappush(ending, (self._ends[node], node))

    def _join_overlapping(self, overlaps: Sequence[Overlap], *, coinciding: bool = False) -> None:
        """Join spans that overlap, the largest overlap first."""
        waiting = []
        for shared, one, other in overlaps:
            if self._is_open(one) and self._is_open(other):
                both = length(self._fragments[one]) + length(self._fragments[other]) if coinciding else 0
                if 2 * shared >= COINCIDING * both:
                    waiting.append((shared, one, other))
        for _, one, other in sorted(waiting, key=self._order):
            self._join(one, other)

    def _order(self, pair: Overlap) -> tuple[int, int, int, int, int, Fragments, Fragments, str, str]:
        """Return the sort key: largest overlap first; ties by position, so that the order of rows does not matter."""
        shared, one, other = pair
        return (
            -shared,
            self._starts[one],
            self._starts[other],
            self._ends[one],
            self._ends[other],
            self._fragments[one],
            self._fragments[other],
            self._label[one],
            self._label[other],
        )

    def _attach_parts(self, overlaps: Sequence[Overlap]) -> None:
        """Join groups to a longer span whose author they lack: further parts of what their own authors have there."""
        waiting = []
        for shared, one, other in overlaps:
            if self._label[one] == self._label[other] and self._group[one] is not self._group[other]:
                waiting += [(shared, node, partner) for node, partner in ((one, other), (other, one))]
        waiting = [pair for pair in waiting if self._is_open(pair[1])]
        for _, node, partner in sorted(waiting, key=self._order):
            group, target = self._group[node], self._group[partner]
            if group is not target and all(self._is_part(each, partner) for each in group):
                target.extend(group)
                for each in group:
                    self._group[each] = target

    def _is_part(self, node: int, partner: int) -> bool:
        """Return whether the author has a span in the partner's group that covers another part of the partner."""
        own = [each for each in self._group[partner] if self._author[each] == self._author[node]]
        there = self._fragments[partner]
        if not own or node == partner or not shared_points(self._fragments[node], there):
            return False
        labels = {self._label[each] for each in (*own, node, partner)}
        beside = not any(shared_points(self._fragments[node], self._fragments[each]) for each in own)
        return len(labels) == 1 and beside and all(shared_points(self._fragments[each], there) for each in own)


def group_rows(sets: Mapping[str, Sequence[AuthoredSpan]]) -> list[dict[str, list[int]]]:
    """Return groups as rows of spans by author, in order of the text.

    >>> first, second = AuthoredSpan(0, "Claim", ((0, 9),), []), AuthoredSpan(1, "Claim", ((2, 9),), [])
    >>> group_rows({"ada": [first], "ben": [second]})
    [{'ada': [0], 'ben': [0]}]
    """
    nodes = [(author, row) for author in sorted(sets) for row in range(len(sets[author]))]
    spans = [sets[author][row] for author, row in nodes]
    groups = []
    for group in Groups(spans, authors=len(sets)).joined():
        rows: dict[str, list[int]] = {}
        for node in sorted(group, key=lambda node: (nodes[node][0], spans[node].fragments, node)):
            rows.setdefault(nodes[node][0], []).append(nodes[node][1])
        groups.append(rows)
    return groups


def align(sets: Mapping[str, SetContent]) -> Alignment:
    """Return the alignment of two or more sets of one document.

    >>> ada = SetContent([SpanContent("Claim", ((0, 9),), {})], [])
    >>> ben = SetContent([SpanContent("Claim", ((2, 9),), {}), SpanContent("Hedge", ((12, 15),), {})], [])
    >>> [(dict(unit.rows), [str(kind) for kind in unit.kinds]) for unit in align({"ada": ada, "ben": ben}).units]
    [({'ada': (0,), 'ben': (0,)}, ['boundary']), ({'ben': (1,)}, ['missed'])]
    """
    units = list(_identical_for_all(sets))
    aligned = {author: {row for unit in units for row in unit.rows[author]} for author in sets}
    left = {
        author: [row for row in range(len(sets[author].spans)) if row not in aligned[author]] for author in sorted(sets)
    }
    flat = {
        author: [_flat(number, sets[author].spans[row]) for row in rows]
        for number, (author, rows) in enumerate(left.items())
    }
    units += (
        _unit({author: [left[author][row] for row in rows] for author, rows in group.items()}, sets)
        for group in group_rows(flat)
    )
    units.sort(key=lambda unit: (unit.start, unit.end, sorted(unit.rows.items())))
    unit_of: dict[str, dict[int, int]] = {author: {} for author in sets}
    for at, unit in enumerate(units):
        for author, rows in unit.rows.items():
            unit_of[author].update(dict.fromkeys(rows, at))
    return Alignment(units, align_relations({author: seen.relations for author, seen in sets.items()}, unit_of))


def _flat(number: int, span: SpanContent) -> AuthoredSpan:
    return AuthoredSpan(number, span.label, span.fragments, sorted(span.attributes.items()))


def _identical_for_all(sets: Mapping[str, SetContent]) -> Iterator[AlignedUnit]:
    """Yield units that every author has exactly once with equal label and fragments; no later step changes them."""
    rows: dict[str, dict[tuple[str, Fragments], list[int]]] = {author: {} for author in sorted(sets)}
    for author, own in rows.items():
        for row, span in enumerate(sets[author].spans):
            own.setdefault((span.label, span.fragments), []).append(row)
    first, *others = rows.values()
    for key, own_rows in first.items():
        if len(own_rows) == 1 and all(len(own.get(key, ())) == 1 for own in others):
            unit = {author: (own[key][0],) for author, own in rows.items()}
            spans = [sets[author].spans[row] for author, (row,) in unit.items()]
            alike = all(span.attributes == spans[0].attributes for span in spans)
            yield AlignedUnit(unit, spans[0].start, spans[0].end, AGREED if alike else ATTRIBUTES)


def _unit(rows: Mapping[str, list[int]], sets: Mapping[str, SetContent]) -> AlignedUnit:
    spans = [sets[author].spans[row] for author, own in rows.items() for row in own]
    return AlignedUnit(
        rows={author: tuple(own) for author, own in rows.items()},
        start=min(span.start for span in spans),
        end=max(span.end for span in spans),
        kinds=_kinds(spans, rows, authors=len(sets)),
    )


def _kinds(
    spans: Sequence[SpanContent], rows: Mapping[str, Sequence[int]], *, authors: int
) -> frozenset[DisagreementKind]:
    kinds = set()
    if len(rows) < authors:
        kinds.add(DisagreementKind.MISSED)
    if len(spans) > len(rows):
        kinds.add(DisagreementKind.SEGMENTATION)
    elif len({span.fragments for span in spans}) > 1:
        kinds.add(DisagreementKind.BOUNDARY)
    if len({span.label for span in spans}) > 1:
        kinds.add(DisagreementKind.LABEL)
    elif any(span.attributes != spans[0].attributes for span in spans):
        kinds.add(DisagreementKind.ATTRIBUTE)
    return frozenset(kinds)


def align_relations(
    relations: Mapping[str, Sequence[RelationContent]], unit_of: Mapping[str, Sequence[int] | Mapping[int, int]]
) -> list[AlignedRelation]:
    """Return relations joined by units and label; what remains between the same units is joined whatever its label.

    `unit_of` has by author the unit of every row of spans.

    >>> relations = {"ada": [RelationContent("denies", 0, 1)], "ben": []}
    >>> [(dict(each.rows), each.is_contested) for each in align_relations(relations, {"ada": [4, 5], "ben": [4, 5]})]
    [({'ada': (0,)}, True)]
    """
    drawn: dict[tuple[int, int], dict[str, dict[str, list[int]]]] = {}
    for author in sorted(relations):
        units = unit_of[author]
        for row, relation in enumerate(relations[author]):
            ends = units[relation.source], units[relation.target]
            drawn.setdefault(ends, {}).setdefault(relation.label, {}).setdefault(author, []).append(row)
    aligned = []
    for (source, target), by_label in sorted(drawn.items()):
        for rows in _merged([by_label[label] for label in sorted(by_label)]):
            labels = {relations[author][row].label for author, own in rows.items() for row in own}
            by_author = {author: tuple(own) for author, own in rows.items()}
            contested = len(rows) < len(relations) or len(labels) > 1
            aligned.append(AlignedRelation(source, target, by_author, contested))
    return aligned


def _merged(groups: Sequence[Mapping[str, list[int]]]) -> list[dict[str, list[int]]]:
    """Return groups of different authors joined, the largest first: a missing relation and one with another label."""
    merged: list[dict[str, list[int]]] = []
    for group in sorted(groups, key=len, reverse=True):
        for other in merged:
            if not other.keys() & group.keys():
                other.update(group)
                break
        else:
            merged.append(dict(group))
    return merged
