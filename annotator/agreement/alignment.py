"""Which spans of several annotation sets of one document mean the same thing, and how they differ. Pure.

`align` takes two or more sets by the names of their authors and gives *units*: places in the text, each with at most
one span of every author (several only where one person marked in parts what another marked as one). Every span is in
exactly one unit. Spans are joined in four steps, each of which leaves what an earlier one joined:

1. equal label and fragments;
2. equal label, at least one code point shared, those that share most first (the pairing behind the F1 figures);
3. equal fragments, another label;
4. another label, when they coincide by half or more, 2 * shared / (sum of lengths) >= `COINCIDING`, those that share
   most first: a speaker inside somebody's claim is not a claim with another label.

Ties go by place in the text, then by label and author, so that neither the order of spans nor that of sets matters.
Last, spans that found no partner in somebody's longer span join it, as further parts beside what their authors have
there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from annotator.agreement.grouping import FlatSpan, Fragments, group_rows


class Kind(StrEnum):
    """In which way sets differ about a unit or a relation."""

    MISSED = "missed"
    BOUNDARY = "boundary"
    SEGMENTATION = "segmentation"
    LABEL = "label"
    ATTRIBUTE = "attribute"
    RELATION = "relation"


class SpanSeen(NamedTuple):
    """A span of one set, as it is compared and shown; fragments sorted, in code points."""

    label: str
    fragments: Fragments
    attributes: Mapping[str, str]

    @property
    def start(self) -> int:
        """Where it begins, in code points."""
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.fragments[-1][1]


AGREED: frozenset[Kind] = frozenset()
ATTRIBUTES = frozenset({Kind.ATTRIBUTE})


@dataclass(frozen=True)
class RelationSeen:
    """A relation of one set between two of its spans, by their rows."""

    label: str
    source: int
    target: int


@dataclass(frozen=True)
class SetSeen:
    """One set of a document."""

    spans: Sequence[SpanSeen]
    relations: Sequence[RelationSeen]


class AlignedUnit(NamedTuple):
    """One place from `start` to `end`: by author the rows of their spans (in order of the text), and what is contested.

    An author without an entry did not mark it. `kinds` is empty when all authors agree in everything.
    """

    rows: Mapping[str, tuple[int, ...]]
    start: int
    end: int
    kinds: frozenset[Kind]


@dataclass(frozen=True)
class AlignedRelation:
    """A relation between two units (places in `Alignment.units`): by author the rows of their relations.

    `is_contested` when somebody did not draw it, or drew it with another label.
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


def align(sets: Mapping[str, SetSeen]) -> Alignment:
    """Align two or more sets of one document."""
    units = list(_marked_by_all(sets))
    settled = {author: {row for unit in units for row in unit.rows[author]} for author in sets}
    left = {
        author: [row for row in range(len(sets[author].spans)) if row not in settled[author]] for author in sorted(sets)
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


def _flat(number: int, span: SpanSeen) -> FlatSpan:
    return FlatSpan(number, span.label, span.fragments, sorted(span.attributes.items()))


def _marked_by_all(sets: Mapping[str, SetSeen]) -> Iterator[AlignedUnit]:
    """What every author marked once with the same label and edges: most of a document, which no other step changes."""
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


def _unit(rows: Mapping[str, list[int]], sets: Mapping[str, SetSeen]) -> AlignedUnit:
    spans = [sets[author].spans[row] for author, own in rows.items() for row in own]
    return AlignedUnit(
        rows={author: tuple(own) for author, own in rows.items()},
        start=min(span.start for span in spans),
        end=max(span.end for span in spans),
        kinds=_kinds(spans, rows, authors=len(sets)),
    )


def _kinds(spans: Sequence[SpanSeen], rows: Mapping[str, Sequence[int]], *, authors: int) -> frozenset[Kind]:
    found = set()
    if len(rows) < authors:
        found.add(Kind.MISSED)
    if len(spans) > len(rows):
        found.add(Kind.SEGMENTATION)
    elif len({span.fragments for span in spans}) > 1:
        found.add(Kind.BOUNDARY)
    if len({span.label for span in spans}) > 1:
        found.add(Kind.LABEL)
    elif any(span.attributes != spans[0].attributes for span in spans):
        found.add(Kind.ATTRIBUTE)
    return frozenset(found)


def align_relations(
    relations: Mapping[str, Sequence[RelationSeen]], unit_of: Mapping[str, Sequence[int] | Mapping[int, int]]
) -> list[AlignedRelation]:
    """Relations between the same units with the same label are one; left over, those between the same units are one.

    `unit_of` has by author the unit of every row of spans.
    """
    drawn: dict[tuple[int, int], dict[str, dict[str, list[int]]]] = {}
    for author in sorted(relations):
        units = unit_of[author]
        for row, arrow in enumerate(relations[author]):
            ends = units[arrow.source], units[arrow.target]
            drawn.setdefault(ends, {}).setdefault(arrow.label, {}).setdefault(author, []).append(row)
    found = []
    for (source, target), by_label in sorted(drawn.items()):
        for rows in _merged([by_label[label] for label in sorted(by_label)]):
            labels = {relations[author][row].label for author, own in rows.items() for row in own}
            by_author = {author: tuple(own) for author, own in rows.items()}
            contested = len(rows) < len(relations) or len(labels) > 1
            found.append(AlignedRelation(source, target, by_author, contested))
    return found


def _merged(groups: Sequence[Mapping[str, list[int]]]) -> list[dict[str, list[int]]]:
    """Groups of different authors joined, the largest first: who did not draw this one drew that one instead."""
    merged: list[dict[str, list[int]]] = []
    for group in sorted(groups, key=len, reverse=True):
        for other in merged:
            if not other.keys() & group.keys():
                other.update(group)
                break
        else:
            merged.append(dict(group))
    return merged
