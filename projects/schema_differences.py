"""What a new schema changes, in words for the person who is about to publish it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from projects.schema import Attribute, Label, RelationType, Schema


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `harm` when spans made under the old version could not be made under the new one."""

    text: str
    harm: bool = False


def differences(old: Schema, new: Schema) -> list[Difference]:
    """Return what changes from one schema to the other; empty when they say the same."""
    found = [
        *_things("Label", old.labels, new.labels),
        *(
            difference
            for name, label in new.labels.items()
            if name in old.labels
            for difference in _label(old.labels[name], label)
        ),
        *_things("Relation", old.relations, new.relations),
        *(
            difference
            for name, relation in new.relations.items()
            if name in old.relations
            for difference in _relation(old.relations[name], relation)
        ),
    ]
    if list(old.labels) != list(new.labels) and set(old.labels) == set(new.labels):
        found.append(Difference("The labels come in another order."))
    rules = [name for name in ("nesting", "boundaries", "lint") if getattr(old, name) != getattr(new, name)]
    found.extend(Difference(f"The rules under “{name}” change.") for name in rules)
    if not found and old.definition != new.definition:
        found.append(Difference("Only descriptions or notes change."))
    return found


def _things(what: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Difference]:
    for name in new:
        if name not in old:
            yield Difference(f"{what} “{name}” is new.")
    for name in old:
        if name not in new:
            yield Difference(f"{what} “{name}” goes.", harm=True)


def _label(old: Label, new: Label) -> Iterator[Difference]:
    where = f"Label “{new.id}”"
    yield from _fields(where, old, new, ("name", "color", "hotkey", "optional"))
    if old.discontinuous != new.discontinuous:
        words = "may be in several pieces now" if new.discontinuous else "must be in one piece now"
        yield Difference(f"{where} {words}.", harm=not new.discontinuous)
    yield from _things(f"{where}: attribute", old.attributes, new.attributes)
    for name, attribute in new.attributes.items():
        if name in old.attributes:
            yield from _attribute(f"{where}: attribute “{name}”", old.attributes[name], attribute)


def _attribute(where: str, old: Attribute, new: Attribute) -> Iterator[Difference]:
    yield from _fields(where, old, new, ("name", "required", "default"))
    if old.type != new.type:
        yield Difference(f"{where}: type “{old.type}” becomes “{new.type}”.", harm=True)
    else:
        yield from _things(f"{where}: choice", old.choices, new.choices)


def _relation(old: RelationType, new: RelationType) -> Iterator[Difference]:
    where = f"Relation “{new.id}”"
    yield from _fields(where, old, new, ("name", "hotkey", "optional", "cardinality", "acyclic"))
    for way, before, after in (("from", old.from_labels, new.from_labels), ("to", old.to_labels, new.to_labels)):
        for name in after:
            if name not in before:
                yield Difference(f"{where} may also lead {way} “{name}”.")
        for name in before:
            if name not in after:
                yield Difference(f"{where} may no longer lead {way} “{name}”.", harm=True)


def _fields(where: str, old: object, new: object, names: tuple[str, ...]) -> Iterator[Difference]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Difference(f"{where}: {name} {_shown(before)} becomes {_shown(after)}.")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”" if value else "none"
