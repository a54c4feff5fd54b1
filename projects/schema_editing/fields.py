"""A schema definition as the fields of one form, and back. Pure.

A field is named by where its value is: `labels-0-attributes-1-name`. What the form does not show is kept.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.schema import DOCUMENT_TYPES as ATTRIBUTES_OF_DOCUMENTS
from projects.schema import SPAN_TYPES
from projects.schema_reader import CARDINALITIES, DEFAULT_ENDS

Path = tuple[str | int, ...]
MOST_FIELDS = 900
"""Forms of more fields are refused by the server; larger schemas are edited as JSON."""
TYPES = tuple(kind.value for kind in SPAN_TYPES)
DOCUMENT_TYPES = tuple(kind.value for kind in ATTRIBUTES_OF_DOCUMENTS)
WITH_CHOICES = ("choice", "multiple")
HAVE_CHOICES = ("attributes", "document_attributes")
"""Lists of items that have choices inside them."""
SEVERITIES = ("info", "warning", "error")
TEXT, LINES, FLAG, LABELS, NUMBER = "text", "lines", "flag", "labels", "number"
RULES = ("allowed", "forbidden")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an item: its member, its kind (one of the constants, or the allowed values), and its default."""

    member: str
    kind: str | tuple[str, ...] = TEXT
    default: Any = ""


ITEM_FIELDS: Mapping[str, Sequence[Field]] = {
    "labels": (
        Field("id"), Field("name"), Field("hotkey"), Field("description"), Field("color"),
        Field("default_end", ("", *DEFAULT_ENDS)), Field("optional", FLAG, default=False),
        Field("discontinuous", FLAG, default=False),
    ),
    "attributes": (
        Field("id"), Field("name"), Field("type", TYPES, "text"), Field("default"), Field("description"),
        Field("required", FLAG, default=False),
    ),
    "document_attributes": (
        Field("id"), Field("name"), Field("type", DOCUMENT_TYPES, "text"), Field("description"),
        Field("required", FLAG, default=False),
    ),
    "choices": (Field("id"), Field("name"), Field("hotkey"), Field("description")),
    "relations": (
        Field("id"), Field("name"), Field("hotkey"), Field("description"), Field("from", LABELS), Field("to", LABELS),
        Field("cardinality", CARDINALITIES, CARDINALITIES[0]), Field("optional", FLAG, default=False),
        Field("acyclic", FLAG, default=False),
    ),
    "lint": (Field("id"), Field("severity", SEVERITIES, "warning"), Field("when")),
}  # fmt: skip
ROOT_FIELDS: Mapping[str, Sequence[Field]] = {
    "": (Field("name"), Field("description")),
    "nesting": (
        Field("crossing", RULES, RULES[0]), Field("identical_extent", RULES, RULES[0]),
        Field("max_same_label_depth", NUMBER, None),
    ),
    "boundaries": (
        Field("trim_whitespace", FLAG, default=True), Field("trim_trailing", LINES), Field("keep_trailing", LINES),
        Field("balanced_pairs", LINES),
    ),
}  # fmt: skip
NEW: Mapping[str, dict[str, Any]] = {
    "labels": {"id": "NewLabel", "hotkey": ""},
    "attributes": {"id": "attribute", "type": "choice", "choices": [{"id": "value"}]},
    "document_attributes": {"id": "attribute", "type": "choice", "choices": [{"id": "value"}]},
    "choices": {"id": "value"},
    "relations": {"id": "relation", "hotkey": ""},
    "lint": {"id": "hint", "severity": "warning", "when": ""},
}


def count_fields(definition: Mapping[str, Any]) -> int:
    """Return how many fields the form of a definition has."""
    labels = [*definition.get("labels", [])]
    count = len(ITEM_FIELDS["labels"]) * len(labels) + 12
    attributes = [attribute for holder in labels for attribute in holder.get("attributes", [])]
    for attribute in [*attributes, *definition.get("document_attributes", [])]:
        count += len(ITEM_FIELDS["attributes"]) + len(ITEM_FIELDS["choices"]) * len(attribute.get("choices", []))
    relations, hints = definition.get("relations", []), definition.get("lint", [])
    return count + (len(ITEM_FIELDS["relations"]) + 2 * len(labels)) * len(relations) + 3 * len(hints)


def field_name(path: Path) -> str:
    """Return the name of the field at a place.

    >>> field_name(("labels", 0, "name"))
    'labels-0-name'
    """
    return "-".join(map(str, path))


def item_paths(definition: Mapping[str, Any]) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield the place, the kind of list and the content of every item, outer ones first."""
    for kind in ("labels", "document_attributes", "relations", "lint"):
        yield from _paths_of(definition, kind, ())


INNER = {"labels": "attributes", "attributes": "choices", "document_attributes": "choices"}
"""The list of items inside an item, by the list that the item is in."""


def _paths_of(holder: Mapping[str, Any], kind: str, path: Path) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    for index, item in enumerate(_items(holder, kind)):
        own: Path = (*path, kind, index)
        yield own, kind, item
        if kind in INNER:
            yield from _paths_of(item, INNER[kind], own)


def _items(holder: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    items = holder.get(key, [])
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def with_values(definition: Mapping[str, Any], sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the definition with what a form sent; `sent` has the values of each field by its name.

    Labels are known by their id: when an id changes, relations and rules that name the label follow.
    """
    changed = copy.deepcopy(dict(definition))
    before = [label.get("id") for label in _items(changed, "labels")]
    for path, kind, item in list(item_paths(changed)):
        for field in ITEM_FIELDS[kind]:
            _set(item, field, (*path, field.member), sent)
    after = [label.get("id") for label in _items(changed, "labels")]
    _rename(changed, {old: new for old, new in zip(before, after, strict=True) if old != new})
    for key, fields in ROOT_FIELDS.items():
        holder = changed.setdefault(key, {}) if key else changed
        for field in fields:
            _set(holder, field, (key, field.member) if key else (field.member,), sent)
    for attribute in [item for _path, kind, item in item_paths(changed) if kind in HAVE_CHOICES]:
        if attribute.get("type") not in WITH_CHOICES:
            attribute.pop("choices", None)
    return changed


def _set(holder: dict[str, Any], field: Field, path: Path, sent: Mapping[str, Sequence[str]]) -> None:
    name = field_name(path)
    if field_name((*path[:-1], "shown")) not in sent:
        return
    values = sent.get(name, [])
    text = values[-1].strip() if values else ""
    if field.kind == FLAG:
        holder[field.member] = bool(values)
    elif field.kind == LABELS:
        holder[field.member] = list(values)
    elif field.kind == LINES:
        holder[field.member] = [line.strip("\r") for line in (values[-1] if values else "").split("\n") if line.strip()]
    elif field.kind == NUMBER:
        holder[field.member] = int(text) if text.isascii() and text.isdecimal() else None
    elif field.member in ("id", "hotkey") or text or holder.get(field.member):
        holder[field.member] = text
    if holder.get(field.member) in ("", None) and field.member not in ("id", "hotkey"):
        holder.pop(field.member, None)


def _rename(definition: dict[str, Any], renamed: Mapping[Any, Any]) -> None:
    """Let relations and nesting rules follow labels whose ids change."""
    if not renamed:
        return
    for relation in _items(definition, "relations"):
        for end in ("from", "to"):
            if isinstance(relation.get(end), list):
                relation[end] = [renamed.get(label, label) for label in relation[end]]
    nesting = definition.get("nesting")
    inside = nesting.get("may_contain") if isinstance(nesting, dict) else None
    if isinstance(nesting, dict) and isinstance(inside, dict):
        nesting["may_contain"] = {
            renamed.get(label, label): [renamed.get(other, other) for other in others]
            for label, others in inside.items()
        }


def act(definition: Mapping[str, Any], action: str) -> tuple[dict[str, Any], str]:
    """Return a definition after an action such as `add-labels`, `remove-labels-0` or `up-labels-1`, and where it was.

    An action that does not fit changes nothing: another tab may have sent it for another definition.
    """
    changed = copy.deepcopy(dict(definition))
    verb, _separator, rest = action.partition("-")
    path = _path(rest)
    if verb == "add":
        holder = _at(changed, path[:-1])
        kind = str(path[-1]) if path else ""
        if not isinstance(holder, dict) or kind not in NEW:
            return changed, ""
        items = holder.setdefault(kind, [])
        items.append(copy.deepcopy(NEW[kind]) | {"id": _free_id(items, NEW[kind]["id"])})
        return changed, field_name((*path, len(items) - 1))
    items, index = _at(changed, path[:-1]), path[-1] if path else ""
    if not isinstance(items, list) or not isinstance(index, int) or index >= len(items):
        return changed, ""
    if verb == "remove":
        removed = items.pop(index)
        if path[0] == "labels" and len(path) == 2:
            _forget_label(changed, removed.get("id"))
        return changed, field_name((*path[:-1], max(0, index - 1))) if items else ""
    target = index + {"up": -1, "down": 1}.get(verb, 0)
    if 0 <= target < len(items):
        items[index], items[target] = items[target], items[index]
    return changed, field_name((*path[:-1], max(0, min(target, len(items) - 1))))


def _forget_label(definition: dict[str, Any], label: object) -> None:
    for relation in _items(definition, "relations"):
        for end in ("from", "to"):
            if isinstance(relation.get(end), list):
                relation[end] = [name for name in relation[end] if name != label]
    nesting = definition.get("nesting")
    inside = nesting.get("may_contain") if isinstance(nesting, dict) else None
    if isinstance(nesting, dict) and isinstance(inside, dict):
        nesting["may_contain"] = {
            name: [other for other in others if other != label] for name, others in inside.items() if name != label
        }


def _path(text: str) -> Path:
    return tuple(
        int(part) if part.isascii() and part.isdecimal() and len(part) < 6 else part for part in text.split("-")
    )


def _at(value: Any, path: Path) -> Any:
    for part in path:
        if isinstance(value, dict) and isinstance(part, str):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _free_id(items: Sequence[Mapping[str, Any]], wanted: str) -> str:
    taken = {item.get("id") for item in items}
    number = 1
    while (candidate := wanted if number == 1 else f"{wanted}{number}") in taken:
        number += 1
    return candidate


def hotkey_clashes(definition: Mapping[str, Any], reserved: frozenset[str]) -> list[str]:
    """Return a line for each hotkey that two labels, relations or choices share, or that the editor uses itself."""
    everywhere: dict[str, list[str]] = {}
    for _place, kind, item in item_paths(definition):
        if kind in ("labels", "relations"):
            _note_hotkey(everywhere, item, str(item.get("name") or item.get("id")))
    users = [(key, names) for key, names in everywhere.items() if len(names) > 1 or key in reserved]
    for label in _items(definition, "labels"):
        on_label: dict[str, list[str]] = {}
        for attribute in _items(label, "attributes"):
            for choice in _items(attribute, "choices"):
                _note_hotkey(on_label, choice, f"{label.get('name') or label.get('id')}: {choice.get('id')}")
        for key, names in on_label.items():
            if len(names) > 1 or key in everywhere or key in reserved:
                users.append((key, [*everywhere.get(key, []), *names]))
    return [f"{key}: {', '.join(names)}" for key, names in users]


def _note_hotkey(taken: dict[str, list[str]], item: Mapping[str, Any], name: str) -> None:
    hotkey = item.get("hotkey")
    if isinstance(hotkey, str) and hotkey:
        taken.setdefault(hotkey, []).append(name)
