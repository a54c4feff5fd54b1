"""Joining the spans of several people into groups that mean the same place; the steps of `alignment`. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

COINCIDING = 0.5

Fragments = tuple[tuple[int, int], ...]
Meeting = tuple[int, int, int]


def shared_points(first: Fragments, second: Fragments) -> int:
    """How many code points two spans share, over all their fragments."""
    return sum(max(0, min(end, to) - max(start, since)) for start, end in first for since, to in second)


def length(fragments: Fragments) -> int:
    """How many code points a span covers."""
    return sum(end - start for start, end in fragments)


class FlatSpan(NamedTuple):
    """A span by the number of its author; `attributes` as sorted pairs, only to tell identical spans apart."""

    author: int
    label: str
    fragments: Fragments
    attributes: Sequence[tuple[str, str]]


class Groups:
    """Spans on their way to units: every span (a node, by its place in the list) is in one group."""

    def __init__(self, spans: Sequence[FlatSpan], *, authors: int) -> None:
        self._spans = spans
        self._authors = authors
        self._author = [span.author for span in spans]
        self._label = [span.label for span in spans]
        self._fragments = [span.fragments for span in spans]
        self._starts = [span.fragments[0][0] for span in spans]
        self._ends = [span.fragments[-1][1] for span in spans]
        self._group = [[node] for node in range(len(spans))]

    def joined(self) -> list[list[int]]:
        """Take all steps and return the groups."""
        self._join_identical(labelled=True)
        meeting = list(self._meeting())
        self._join_meeting([pair for pair in meeting if self._label[pair[1]] == self._label[pair[2]]])
        self._join_identical(labelled=False)
        self._join_meeting([pair for pair in meeting if self._label[pair[1]] != self._label[pair[2]]], coinciding=True)
        self._attach_parts(meeting)
        return list({id(group): group for group in self._group}.values())

    def _is_open(self, node: int) -> bool:
        """Whether an author is still missing from the group of a span."""
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

    def _meeting(self) -> Iterator[Meeting]:
        """Shared code points and spans of different authors that share some, at least one of the two open.

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

    def _join_meeting(self, meeting: Sequence[Meeting], *, coinciding: bool = False) -> None:
        """Join spans that share code points, those that share most first."""
        waiting = []
        for shared, one, other in meeting:
            if self._is_open(one) and self._is_open(other):
                both = length(self._fragments[one]) + length(self._fragments[other]) if coinciding else 0
                if 2 * shared >= COINCIDING * both:
                    waiting.append((shared, one, other))
        for _, one, other in sorted(waiting, key=self._order):
            self._join(one, other)

    def _order(self, pair: Meeting) -> tuple[int, int, int, int, int, Fragments, Fragments, str, str]:
        """Most shared first; ties by place in the text, so that rows say nothing."""
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

    def _attach_parts(self, meeting: Sequence[Meeting]) -> None:
        """Let groups that lack the author of a longer span join it: further parts of what their authors have there."""
        waiting = []
        for shared, one, other in meeting:
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
        """Whether the author has something in the partner's group that lies elsewhere on the partner."""
        own = [each for each in self._group[partner] if self._author[each] == self._author[node]]
        there = self._fragments[partner]
        if not own or node == partner or not shared_points(self._fragments[node], there):
            return False
        labels = {self._label[each] for each in (*own, node, partner)}
        beside = not any(shared_points(self._fragments[node], self._fragments[each]) for each in own)
        return len(labels) == 1 and beside and all(shared_points(self._fragments[each], there) for each in own)


def group_rows(sets: Mapping[str, Sequence[FlatSpan]]) -> list[dict[str, list[int]]]:
    """Groups as rows of spans by author, in order of the text; the spans of each author come with its number."""
    nodes = [(author, row) for author in sorted(sets) for row in range(len(sets[author]))]
    spans = [sets[author][row] for author, row in nodes]
    found = []
    for group in Groups(spans, authors=len(sets)).joined():
        rows: dict[str, list[int]] = {}
        for node in sorted(group, key=lambda node: (nodes[node][0], spans[node].fragments, node)):
            rows.setdefault(nodes[node][0], []).append(nodes[node][1])
        found.append(rows)
    return found
