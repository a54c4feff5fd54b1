"""How two annotation sets of one document differ, span by span, in terms of their alignment. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotator.agreement.alignment import AlignedUnit, Alignment, Kind, SetSeen, SpanSeen, align

FIRST, SECOND = "1", "2"


@dataclass(frozen=True)
class Difference:
    """One thing in which two sets differ: rows of spans (of relations, if it is one), none where a set has nothing.

    `start` and `end` say where: over all spans in question; of a relation, over the span it goes from. `attribute` is
    the one that differs. `edges_differ` where the kind does not say it: labels that differ on other boundaries.
    """

    kind: Kind
    first: tuple[int, ...]
    second: tuple[int, ...]
    start: int
    end: int
    attribute: str = ""
    edges_differ: bool = False

    @property
    def place(self) -> str:
        """Where to look for it on a page; attributes of one span share a place."""
        return f"{self.kind}-{self.start}-{self.end}"


@dataclass(frozen=True)
class Comparison:
    """Everything that differs in order of the text, spans alike in everything, and labels of aligned spans as counts.

    `labels[label of the first, label of the second]` counts aligned spans, "" where one of the two has none; spans
    marked in parts count once.
    """

    differences: Sequence[Difference]
    alike: int
    labels: Mapping[tuple[str, str], int]


def compare(first: SetSeen, second: SetSeen) -> Comparison:
    """Align two sets and list what differs."""
    alignment = align({FIRST: first, SECOND: second})
    differences = [
        difference
        for unit in alignment.units
        if unit.kinds
        for difference in _unit_differences(unit, first.spans, second.spans)
    ]
    differences += _relation_differences(alignment, first, second)
    return Comparison(
        differences=sorted(differences, key=_order),
        alike=sum(not unit.kinds for unit in alignment.units),
        labels=Counter(_labels(unit, first.spans, second.spans) for unit in alignment.units),
    )


def _order(difference: Difference) -> tuple[int, int, str, str, tuple[int, ...], tuple[int, ...]]:
    return (
        difference.start,
        difference.end,
        difference.kind,
        difference.attribute,
        difference.first,
        difference.second,
    )


def _labels(unit: AlignedUnit, first: Sequence[SpanSeen], second: Sequence[SpanSeen]) -> tuple[str, str]:
    one, other = unit.rows.get(FIRST), unit.rows.get(SECOND)
    return first[one[0]].label if one else "", second[other[0]].label if other else ""


def _unit_differences(unit: AlignedUnit, first: Sequence[SpanSeen], second: Sequence[SpanSeen]) -> Iterator[Difference]:
    """The gravest difference of a unit; several only when attributes alone differ."""
    one, other = unit.rows.get(FIRST, ()), unit.rows.get(SECOND, ())
    kind = next((kind for kind in GRAVEST if kind in unit.kinds), None)
    if kind is not None:
        edges_differ = kind is Kind.LABEL and Kind.BOUNDARY in unit.kinds
        yield Difference(kind, one, other, unit.start, unit.end, edges_differ=edges_differ)
    else:
        here, there = first[one[0]].attributes, second[other[0]].attributes
        for name in sorted(here.keys() | there.keys()):
            if here.get(name) != there.get(name):
                yield Difference(Kind.ATTRIBUTE, one, other, unit.start, unit.end, attribute=name)


GRAVEST = (Kind.MISSED, Kind.SEGMENTATION, Kind.LABEL, Kind.BOUNDARY)


def _relation_differences(alignment: Alignment, first: SetSeen, second: SetSeen) -> Iterator[Difference]:
    """Relations that only one of the two drew between aligned spans, or both with different labels."""
    for relation in alignment.relations:
        if relation.is_contested:
            one, other = relation.rows.get(FIRST, ()), relation.rows.get(SECOND, ())
            sources = [first.spans[first.relations[row].source] for row in one]
            sources += [second.spans[second.relations[row].source] for row in other]
            start, end = min(span.start for span in sources), max(span.end for span in sources)
            yield Difference(Kind.RELATION, one, other, start, end)
