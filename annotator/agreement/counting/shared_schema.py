"""What sets made under several schema versions have in common: only that can be compared. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from projects.schema import Schema

Item = TypeVar("Item")


@dataclass(frozen=True)
class Unshared:
    """Labels, attributes as (label, name), and relations that some of the versions have and others do not."""

    labels: frozenset[str] = frozenset()
    attributes: frozenset[tuple[str, str]] = frozenset()
    relations: frozenset[str] = frozenset()
    is_mixed: bool = False

    def shared_attributes(self, label: str, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return those attributes of a span that all versions have."""
        if not self.attributes:
            return attributes
        return {name: value for name, value in attributes.items() if (label, name) not in self.attributes}


def unshared(schemas: Collection[Schema]) -> Unshared:
    """Return what schema versions do not share; what none of them has was imported as it is, and is compared."""
    if len(schemas) < 2:
        return Unshared()
    labels = [frozenset(schema.labels) for schema in schemas]
    attributes = [
        frozenset((label.id, name) for label in schema.labels.values() for name in label.attributes)
        for schema in schemas
    ]
    relations = [frozenset(schema.relations) for schema in schemas]
    return Unshared(labels=_partly(labels), attributes=_partly(attributes), relations=_partly(relations), is_mixed=True)


def _partly(sets: Collection[frozenset[Item]]) -> frozenset[Item]:
    return frozenset[Item]().union(*sets) - frozenset.intersection(*sets)
