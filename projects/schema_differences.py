"""The changes between two schemas, as sentences for the lead who publishes the new one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from projects.schema import Attribute, Label, RelationType, Schema


@dataclass(frozen=True, slots=True)
class Difference:
    """A change. `harm` is set when spans that the old version allows are refused by the new one."""

    text: str
    harm: bool = False


def differences(old: Schema, new: Schema) -> list[Difference]:
    """Return the changes from one schema to another; empty when they are equal."""
    changes = [
        *_added_and_removed(_("Label"), old.labels, new.labels),
        *(
            difference
            for name, label in new.labels.items()
            if name in old.labels
            for difference in _label(old.labels[name], label)
        ),
        *_added_and_removed(_("Relation"), old.relations, new.relations),
        *(
            difference
            for name, relation in new.relations.items()
            if name in old.relations
            for difference in _relation(old.relations[name], relation)
        ),
    ]
    changes += _document(old, new)
    if list(old.labels) != list(new.labels) and set(old.labels) == set(new.labels):
        changes.append(Difference(_("The order of the labels changes.")))
    rules = [name for name in ("nesting", "boundaries", "lint") if getattr(old, name) != getattr(new, name)]
    changes.extend(Difference(_("The rules under “%(name)s” change.") % {"name": name}) for name in rules)
    if not changes and old.definition != new.definition:
        changes.append(Difference(_("Only descriptions or notes change.")))
    return changes


def _added_and_removed(kind: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Difference]:
    for name in new:
        if name not in old:
            yield Difference(_("%(kind)s “%(name)s” is added.") % {"kind": kind, "name": name})
    for name in old:
        if name not in new:
            yield Difference(_("%(kind)s “%(name)s” is removed.") % {"kind": kind, "name": name}, harm=True)


def _document(old: Schema, new: Schema) -> Iterator[Difference]:
    yield from _added_and_removed(_("Document attribute"), old.document_attributes, new.document_attributes)
    for name, attribute in new.document_attributes.items():
        if name in old.document_attributes:
            location = _("Document attribute “%(name)s”") % {"name": name}
            yield from _attribute(location, old.document_attributes[name], attribute)


def _label(old: Label, new: Label) -> Iterator[Difference]:
    location = _("Label “%(name)s”") % {"name": new.id}
    yield from _fields(location, old, new, ("name", "color", "hotkey", "optional"))
    if old.discontinuous != new.discontinuous:
        if new.discontinuous:
            yield Difference(_("%(location)s: spans may have several fragments.") % {"location": location})
        else:
            yield Difference(_("%(location)s: spans must have one fragment.") % {"location": location}, harm=True)
    yield from _added_and_removed(_("%(location)s: attribute") % {"location": location}, old.attributes, new.attributes)
    for name, attribute in new.attributes.items():
        if name in old.attributes:
            yield from _attribute(f"{location}: {_('attribute')} “{name}”", old.attributes[name], attribute)


def _attribute(location: str, old: Attribute, new: Attribute) -> Iterator[Difference]:
    yield from _fields(location, old, new, ("name", "required", "default"))
    if old.type != new.type:
        yield Difference(
            _("%(location)s: type changes from “%(old)s” to “%(new)s”.")
            % {"location": location, "old": old.type, "new": new.type},
            harm=True,
        )
    else:
        yield from _added_and_removed(_("%(location)s: choice") % {"location": location}, old.choices, new.choices)


def _relation(old: RelationType, new: RelationType) -> Iterator[Difference]:
    location = _("Relation “%(name)s”") % {"name": new.id}
    yield from _fields(location, old, new, ("name", "hotkey", "optional", "cardinality", "acyclic"))
    yield from _label_changes(
        old.from_labels,
        new.from_labels,
        added=_("%(location)s may also start at “%(name)s”."),
        removed=_("%(location)s may no longer start at “%(name)s”."),
        location=location,
    )
    yield from _label_changes(
        old.to_labels,
        new.to_labels,
        added=_("%(location)s may also end at “%(name)s”."),
        removed=_("%(location)s may no longer end at “%(name)s”."),
        location=location,
    )


def _label_changes(
    old: Sequence[str], new: Sequence[str], *, added: str, removed: str, location: str
) -> Iterator[Difference]:
    for name in new:
        if name not in old:
            yield Difference(added % {"location": location, "name": name})
    for name in old:
        if name not in new:
            yield Difference(removed % {"location": location, "name": name}, harm=True)


def _fields(location: str, old: object, new: object, names: tuple[str, ...]) -> Iterator[Difference]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Difference(
                _("%(location)s: %(name)s changes from %(old)s to %(new)s.")
                % {"location": location, "name": name, "old": _text(before), "new": _text(after)}
            )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"“{value}”" if value else _("none")
