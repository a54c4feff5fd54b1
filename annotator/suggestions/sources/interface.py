"""What a source of suggestions is. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

Fragments = Sequence[tuple[int, int]]


class Suggestion(NamedTuple):
    """A suggested span; `score` is the expected share of such suggestions whose label and boundaries are right."""

    id: str
    label: str
    fragments: Fragments
    score: float
    attributes: Mapping[str, str] = MappingProxyType({})


class SuggestedLink(NamedTuple):
    """A suggested relation between two suggested spans, by their ids."""

    label: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a source suggests for one text."""

    spans: Sequence[Suggestion]
    links: Sequence[SuggestedLink] = ()

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Return spans and relations as the store of suggestions takes them."""
        spans = [
            {
                "id": span.id,
                "label": span.label,
                "fragments": [list(fragment) for fragment in span.fragments],
                "attributes": dict(span.attributes),
                "note": "",
                "origin": "manual",
                "score": span.score,
            }
            for span in self.spans
        ]
        relations = [
            {"id": f"r{number}", "label": link.label, "from": link.source, "to": link.target}
            for number, link in enumerate(self.links, 1)
        ]
        return {"spans": spans, "relations": relations}


class SourceSchema(Protocol):
    """The part of a schema that sources read."""

    @property
    def labels(self) -> Mapping[str, Any]:
        """Labels by id."""

    @property
    def relations(self) -> Mapping[str, Any]:
        """Relation types by id."""

    @property
    def boundaries(self) -> Any:
        """Boundary rules."""


@dataclass(frozen=True, slots=True)
class Source:
    """A recipe: the version changes with every change of what it suggests."""

    name: str
    version: str
    title: str
    labels: tuple[str, ...]
    suggest: Callable[[str, SourceSchema], Suggestions]
