"""Units from the annotation sets of a document: aligned one to one, and matched with stored units. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.adjudication.units.versions import Relations, Spans, alike
from annotator.corpus.spans.values import RelationValue, SpanValue
from annotator.measures.alignment import Alignment, RelationContent, SetContent, SpanContent, align


@dataclass(frozen=True, slots=True)
class Content:
    """The content of one set; its index in a sequence of these is the position of the annotator."""

    spans: Sequence[SpanValue]
    relations: Sequence[RelationValue]


@dataclass(frozen=True, slots=True)
class AlignedUnit:
    """The versions of all annotators at one location, by position, and their types of disagreement."""

    start: int
    end: int
    kinds: tuple[str, ...]
    versions: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class AlignedRelation:
    """Relations between two units (by index in the list of units), as drawn by each annotator."""

    source: int
    target: int
    versions: tuple[Relations, ...]


def align_contents(contents: Sequence[Content]) -> tuple[list[AlignedUnit], list[AlignedRelation]]:
    """Align the sets one to one; every span and every relation is in exactly one unit."""
    ordered = [_in_order(content) for content in contents]
    names = [f"{position:04}" for position in range(len(ordered))]
    alignment = align({name: _seen(content) for name, content in zip(names, ordered, strict=True)})
    units = [
        AlignedUnit(
            start=unit.start,
            end=unit.end,
            kinds=tuple(sorted(kind.value for kind in unit.kinds)),
            versions=tuple(
                _picked(content.spans, unit.rows, name) for name, content in zip(names, ordered, strict=True)
            ),
        )
        for unit in alignment.units
    ]
    return units, _relations(alignment, names, ordered)


def _relations(alignment: Alignment, names: Sequence[str], ordered: Sequence[Content]) -> list[AlignedRelation]:
    return [
        AlignedRelation(
            relation.source,
            relation.target,
            tuple(
                tuple(content.relations[row] for row in relation.rows.get(name, ()))
                for name, content in zip(names, ordered, strict=True)
            ),
        )
        for relation in alignment.relations
    ]


def _picked(spans: Sequence[SpanValue], rows: Mapping[str, tuple[int, ...]], name: str) -> Spans:
    return tuple(spans[row] for row in rows.get(name, ()))


def _in_order(content: Content) -> Content:
    """Ordered by position in the text, so that the order of storage does not matter."""
    spans = sorted(content.spans, key=lambda span: (span.fragments, span.label, span.id))
    return Content(spans, sorted(content.relations, key=lambda relation: relation.id))


def _seen(content: Content) -> SetContent:
    rows = {span.id: row for row, span in enumerate(content.spans)}
    return SetContent(
        [SpanContent(span.label, span.fragments, span.attributes) for span in content.spans],
        [
            RelationContent(relation.label, rows[relation.source], rows[relation.target])
            for relation in content.relations
        ],
    )


Member = tuple[int, str]


def members(versions: Sequence[Spans]) -> list[Member]:
    """Return the spans of a unit as (position of the annotator, id of the span)."""
    return [(position, span.id) for position, version in enumerate(versions) for span in version]


def match_units(stored: Mapping[int, Sequence[Spans]], aligned: Sequence[AlignedUnit]) -> dict[int, int]:
    """Return the index of the aligned unit that continues each stored unit, by key of the stored one.

    They belong together when they share spans; those that share most are matched first, each at most once. Units
    without any version match nothing.
    """
    owner = {member: key for key, versions in stored.items() for member in members(versions)}
    shared: Counter[tuple[int, int]] = Counter()
    for index, unit in enumerate(aligned):
        shared.update((owner[member], index) for member in members(unit.versions) if member in owner)
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for (key, index), _count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if key not in matched and index not in taken:
            matched[key] = index
            taken.add(index)
    return matched


def contradicts(before: Sequence[Spans], after: Sequence[Spans], outcome: Spans) -> bool:
    """Return whether an annotator has a new version that differs from the decision."""
    earlier = [*before, *(() for _ in range(len(after) - len(before)))]
    return any(
        not alike(old, new) and not alike(new, outcome) for old, new in zip(earlier, after, strict=True)
    ) or _newcomer_differs(before, after, outcome)


def _newcomer_differs(before: Sequence[Spans], after: Sequence[Spans], outcome: Spans) -> bool:
    """Whether the version of an annotator who joined later differs from the decision, an empty one included."""
    return any(not alike(version, outcome) for version in after[len(before) :])
