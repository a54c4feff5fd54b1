"""A location of disagreement from its disagreements of pairs: what annotators have, grouped by who has the same. Pure.

An annotator who has the same as every other annotator named here would not be in a disagreement: those who agree with
all others are left out, and so are annotators who did not finish the document.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Fragments = tuple[tuple[int, int], ...]


class PairRow(Protocol):
    """A stored disagreement of two annotators."""

    id: int
    first: str
    second: str
    kind: str
    label: str
    other: str
    attribute: str
    start: int
    end: int
    start_difference: str
    end_difference: str
    detail: Any


@dataclass(frozen=True)
class LocatedSpan:
    """A span at a location: values of the attributes in question, and its relations as (label, label of the target)."""

    label: str
    fragments: Fragments
    values: tuple[tuple[str, str | None], ...]
    relations: tuple[tuple[str, str, Fragments], ...]


@dataclass(frozen=True)
class VersionGroup:
    """Annotators who have the same at a location; no spans is nothing."""

    annotators: tuple[str, ...]
    spans: tuple[LocatedSpan, ...]


@dataclass(frozen=True)
class Location:
    """A location where annotators disagree; `kinds` are its types of disagreement, those of the head first."""

    id: int
    start: int
    end: int
    kinds: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    boundaries: tuple[tuple[str, str], ...]
    groups: tuple[VersionGroup, ...]


def location_of(rows: Sequence[PairRow]) -> Location:
    """Return the location of disagreements, which are in order of their ids."""
    return Location(
        id=rows[0].id,
        start=min(row.start for row in rows),
        end=max(row.end for row in rows),
        kinds=tuple(dict.fromkeys(row.kind for row in rows)),
        attributes=tuple(dict.fromkeys((row.label, row.attribute) for row in rows if row.attribute)),
        boundaries=tuple(dict.fromkeys(edge for row in rows for edge in _boundaries(row))),
        groups=_groups(rows),
    )


def _boundaries(row: PairRow) -> Iterator[tuple[str, str]]:
    for side, difference in (("start", row.start_difference), ("end", row.end_difference)):
        if difference:
            yield side, difference


@dataclass
class _Collected:
    """What one annotator has at one span."""

    values: dict[str, str | None]
    relations: set[tuple[str, str, Fragments]]


def _groups(rows: Sequence[PairRow]) -> tuple[VersionGroup, ...]:
    """Return the groups, the largest first; nothing comes last."""
    spans: dict[str, dict[tuple[str, Fragments], _Collected]] = {}
    for row in rows:
        for author, versions in ((row.first, row.detail["first"]), (row.second, row.detail["second"])):
            own = spans.setdefault(author, {})
            for version in versions:
                key = version["label"], _fragments(version)
                _collect(own.setdefault(key, _Collected({}, set())), row, version)
    members: dict[tuple[LocatedSpan, ...], list[str]] = {}
    for author, own in sorted(spans.items()):
        members.setdefault(tuple(_located(own)), []).append(author)
    groups = [VersionGroup(tuple(names), version) for version, names in members.items()]
    return tuple(sorted(groups, key=lambda group: (not group.spans, -len(group.annotators), group.annotators)))


def _collect(collected: _Collected, row: PairRow, version: Mapping[str, Any]) -> None:
    if "value" in version:
        collected.values[row.attribute] = version["value"]
    if "target" in version:
        target = version["target"]
        collected.relations.add((version["relation"], target["label"], _fragments(target)))


def _located(own: Mapping[tuple[str, Fragments], _Collected]) -> Iterator[LocatedSpan]:
    for (label, fragments), collected in sorted(own.items(), key=lambda item: (item[0][1], item[0][0])):
        values = tuple(sorted(collected.values.items()))
        yield LocatedSpan(label, fragments, values, tuple(sorted(collected.relations)))


def _fragments(version: Mapping[str, Any]) -> Fragments:
    return tuple((start, end) for start, end in version["fragments"])


def summary(location: Location) -> str:
    """Return how many annotators have which labels, for files: “5 × Source, 1 × nothing”."""
    return ", ".join(f"{len(group.annotators)} × {content_text(group.spans)}" for group in location.groups)


def content_text(spans: Iterable[LocatedSpan]) -> str:
    """Return what one annotator has, without the text.

    >>> content_text([LocatedSpan("Claim", ((0, 4),), (("kind", "fact"),), ())])
    'Claim kind=fact'
    >>> content_text([])
    'nothing'
    """
    return " + ".join(map(_span_text, spans)) or "nothing"


def _span_text(span: LocatedSpan) -> str:
    values = [f"{name}={'not set' if value is None else value}" for name, value in span.values]
    arrows = [f"{relation} -> {label}" for relation, label, _ in span.relations]
    return " ".join([span.label, *values, *arrows])
