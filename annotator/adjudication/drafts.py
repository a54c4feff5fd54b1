"""From the sets of a document to units: what stands at the same place in each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.adjudication.versions import Relations, Spans
from annotator.agreement.alignment import Alignment, RelationSeen, SetSeen, SpanSeen, align
from annotator.corpus.spans.values import RelationValue, SpanValue


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


def _seen(content: Content) -> SetSeen:
    places = {span.id: place for place, span in enumerate(content.spans)}
    return SetSeen(
        [SpanSeen(span.label, span.fragments, span.attributes) for span in content.spans],
        [
            RelationSeen(relation.label, places[relation.source], places[relation.target])
            for relation in content.relations
        ],
    )
