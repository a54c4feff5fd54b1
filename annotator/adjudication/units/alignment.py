"""From the sets of a document to units: what stands at the same place in each. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.adjudication.units.versions import Relations, Spans, alike
from annotator.corpus.spans.values import RelationValue, SpanValue
from annotator.measures.alignment import Alignment, RelationContent, SetContent, SpanContent, align


@dataclass(frozen=True, slots=True)
class Content:
    """What one set holds; its place in a sequence of these is the place of the annotator."""

    spans: Sequence[SpanValue]
    relations: Sequence[RelationValue]


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """One place of the text: what each annotator has there (in their order), and in which ways that differs."""

    start: int
    end: int
    kinds: tuple[str, ...]
    versions: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class RelationDraft:
    """Arrows between two units (places in the list of units), as each annotator drew them."""

    source: int
    target: int
    versions: tuple[Relations, ...]


def draft_units(contents: Sequence[Content]) -> tuple[list[UnitDraft], list[RelationDraft]]:
    """Align the sets one to one; every span and every relation is in exactly one draft."""
    ordered = [_in_order(content) for content in contents]
    names = [f"{position:04}" for position in range(len(ordered))]
    found = align({name: _seen(content) for name, content in zip(names, ordered, strict=True)})
    units = [
        UnitDraft(
            start=unit.start,
            end=unit.end,
            kinds=tuple(sorted(kind.value for kind in unit.kinds)),
            versions=tuple(
                _picked(content.spans, unit.rows, name) for name, content in zip(names, ordered, strict=True)
            ),
        )
        for unit in found.units
    ]
    return units, _relations(found, names, ordered)


def _relations(found: Alignment, names: Sequence[str], ordered: Sequence[Content]) -> list[RelationDraft]:
    return [
        RelationDraft(
            relation.source,
            relation.target,
            tuple(
                tuple(content.relations[row] for row in relation.rows.get(name, ()))
                for name, content in zip(names, ordered, strict=True)
            ),
        )
        for relation in found.relations
    ]


def _picked(spans: Sequence[SpanValue], rows: Mapping[str, tuple[int, ...]], name: str) -> Spans:
    return tuple(spans[row] for row in rows.get(name, ()))


def _in_order(content: Content) -> Content:
    """By place, so that the order of storage does not matter."""
    spans = sorted(content.spans, key=lambda span: (span.fragments, span.label, span.id))
    return Content(spans, sorted(content.relations, key=lambda relation: relation.id))


def _seen(content: Content) -> SetContent:
    places = {span.id: place for place, span in enumerate(content.spans)}
    return SetContent(
        [SpanContent(span.label, span.fragments, span.attributes) for span in content.spans],
        [
            RelationContent(relation.label, places[relation.source], places[relation.target])
            for relation in content.relations
        ],
    )


Member = tuple[int, str]


def members(versions: Sequence[Spans]) -> list[Member]:
    """Return which spans a unit is made of: the annotator's place and the id of the span."""
    return [(position, span.id) for position, version in enumerate(versions) for span in version]


def match_units(stored: Mapping[int, Sequence[Spans]], drafts: Sequence[UnitDraft]) -> dict[int, int]:
    """Return which draft (by its place) goes on where a stored unit (by its key) was.

    A draft and a unit belong together when they share spans; those that share most are joined first, each at most once.
    Units without spans of anybody match nothing.
    """
    home = {member: key for key, versions in stored.items() for member in members(versions)}
    shared: Counter[tuple[int, int]] = Counter()
    for place, draft in enumerate(drafts):
        shared.update((home[member], place) for member in members(draft.versions) if member in home)
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for (key, place), _count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if key not in matched and place not in taken:
            matched[key] = place
            taken.add(place)
    return matched


def contradicts(before: Sequence[Spans], after: Sequence[Spans], outcome: Spans) -> bool:
    """Whether somebody now says something else than before, and something else than was decided."""
    earlier = [*before, *(() for _ in range(len(after) - len(before)))]
    return any(
        not alike(old, new) and not alike(new, outcome) for old, new in zip(earlier, after, strict=True)
    ) or _newcomer_differs(before, after, outcome)


def _newcomer_differs(before: Sequence[Spans], after: Sequence[Spans], outcome: Spans) -> bool:
    """Whether an annotator who joined later says something else than was decided; marking nothing counts."""
    return any(not alike(version, outcome) for version in after[len(before) :])
