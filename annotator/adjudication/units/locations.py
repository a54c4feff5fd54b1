"""Locations of units, as reports count the locations of disagreements: units that belong together have one. Pure.

A report aligns every two annotators and joins the disagreements that share a span, or spans with equal label and
fragments. Units come from the alignment of all annotators at once, so one location can have several of them: where A
marks a claim and a denial inside it, B the claim alone and C the denial alone, the claim of B and the denial of C can
be one disagreement, and the two units are one location. In rare cases the alignment of all annotators has joined in one
unit what a report counts as two locations; then that is one location here. Only units that overlap can belong together:
they are found in one pass through the text.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import combinations
from typing import NamedTuple

from annotator.adjudication.units.versions import Spans, alike
from annotator.corpus.spans.values import SpanValue
from annotator.measures.alignment import COINCIDING, AuthoredSpan, group_rows, length, shared_points

FIRST, SECOND = "1", "2"


class _Placed(NamedTuple):
    """A span with the number of its unit and the position of its annotator."""

    start: int
    end: int
    unit: int
    position: int
    span: SpanValue


def locate(units: Sequence[Sequence[Spans]], relations: Iterable[tuple[int, int]] = ()) -> tuple[list[int], list[int]]:
    """Return the location of each unit of spans, then of each unit of relations; they are numbered from 0.

    `units` are the versions of all annotators at each unit in order of the text, `relations` the numbers of the units
    at both ends. Relations have locations of their own: those between the same two locations share one.
    """
    parents = list(range(len(units)))

    def root(unit: int) -> int:
        while parents[unit] != unit:
            parents[unit] = unit = parents[parents[unit]]
        return unit

    for one, other in _joined([(number, unit) for number, unit in enumerate(units) if not _is_unanimous(unit)]):
        first, second = sorted((root(one), root(other)))
        parents[second] = first
    numbers: dict[object, int] = {}
    of_units = [numbers.setdefault(root(unit), len(numbers)) for unit in range(len(units))]
    ends = [(of_units[source], of_units[target]) for source, target in relations]
    return of_units, [numbers.setdefault(pair, len(numbers)) for pair in ends]


def _is_unanimous(versions: Sequence[Spans]) -> bool:
    return all(alike(version, versions[0]) for version in versions)


def _joined(units: Sequence[tuple[int, Sequence[Spans]]]) -> Iterator[tuple[int, int]]:
    """Yield pairs of units that belong together."""
    spans = sorted(
        (
            _Placed(span.fragments[0][0], span.fragments[-1][1], number, position, span)
            for number, versions in units
            for position, version in enumerate(versions)
            for span in version
        ),
        key=lambda placed: placed[:4],
    )
    for cluster in _clusters(spans):
        if len({placed.unit for placed in cluster}) > 1:
            yield from _equal(cluster)
            pairs = {tuple(sorted((one.position, other.position))) for one, other in _rivals(cluster)}
            for one, other in sorted(pairs):
                yield from _aligned(cluster, one, other)


def _clusters(spans: Iterable[_Placed]) -> Iterator[list[_Placed]]:
    """Yield the spans in groups of which no two overlap."""
    cluster: list[_Placed] = []
    end = 0
    for placed in spans:
        if cluster and placed.start >= end:
            yield cluster
            cluster = []
        end = max(end, placed.end) if cluster else placed.end
        cluster.append(placed)
    if cluster:
        yield cluster


def _equal(cluster: Iterable[_Placed]) -> Iterator[tuple[int, int]]:
    """Yield units that have spans with equal label and fragments."""
    known: dict[tuple[object, ...], int] = {}
    for placed in cluster:
        unit = known.setdefault((placed.span.label, placed.span.fragments), placed.unit)
        if unit != placed.unit:
            yield unit, placed.unit


def _rivals(cluster: Sequence[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    """Yield spans of two annotators in different units that an alignment of these two might join."""
    present: dict[int, _Placed] = {}
    ending: list[tuple[int, int]] = []
    for number, placed in enumerate(cluster):
        while ending and ending[0][0] <= placed.start:
            present.pop(heappop(ending)[1])
        for other in present.values():
            if other.unit != placed.unit and other.position != placed.position and _may_join(other.span, placed.span):
                yield other, placed
        present[number] = placed
        heappush(ending, (placed.end, number))


def _may_join(one: SpanValue, other: SpanValue) -> bool:
    shared = shared_points(one.fragments, other.fragments)
    both = length(one.fragments) + length(other.fragments)
    return shared > 0 and (one.label == other.label or 2 * shared >= COINCIDING * both)


def _aligned(cluster: Sequence[_Placed], one: int, other: int) -> Iterator[tuple[int, int]]:
    """Yield the units that the alignment of two annotators joins in a disagreement."""
    own = {
        name: [placed for placed in cluster if placed.position == at] for name, at in ((FIRST, one), (SECOND, other))
    }
    authored = {
        name: [
            AuthoredSpan(number, placed.span.label, placed.span.fragments, sorted(placed.span.attributes.items()))
            for placed in own[name]
        ]
        for number, name in enumerate((FIRST, SECOND))
    }
    for rows in group_rows(authored):
        members = [[own[name][row] for row in rows.get(name, ())] for name in (FIRST, SECOND)]
        first, second = (tuple(placed.span for placed in each) for each in members)
        if first and second and not alike(first, second):
            yield from combinations(sorted({placed.unit for each in members for placed in each}), 2)
