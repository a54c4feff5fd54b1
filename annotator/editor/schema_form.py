"""The form of the schema editor as its template draws it: items with their fields, one after the other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.schema_editing.fields import (
    FLAG,
    HAVE_CHOICES,
    INNER,
    ITEM_FIELDS,
    LABELS,
    LINES,
    NUMBER,
    ROOT_FIELDS,
    WITH_CHOICES,
    Field,
    Path,
    field_name,
)

NAMES: Mapping[str, Promise] = {
    "id": _("Id"),
    "name": _("Name"),
    "hotkey": _("Hotkey"),
    "description": _("Description"),
    "color": _("Colour in exported files"),
    "default_end": _("Spans end at"),
    "optional": _("Optional"),
    "discontinuous": _("Several fragments"),
    "type": _("Type"),
    "default": _("Default"),
    "required": _("Required"),
    "from": _("From"),
    "to": _("To"),
    "cardinality": _("Cardinality"),
    "acyclic": _("Without cycles"),
    "severity": _("Severity"),
    "when": _("When"),
    "crossing": _("Crossing spans"),
    "identical_extent": _("Spans with the same boundaries"),
    "max_same_label_depth": _("Most levels of one label"),
    "trim_whitespace": _("Trim white space"),
    "trim_trailing": _("Trim at the end, one per line"),
    "keep_trailing": _("Keep at the end, one per line"),
    "balanced_pairs": _("Pairs kept together, one per line"),
}
TOP_LEVEL = 2  # the length of the path of a label: its list and its index


@dataclass(frozen=True)
class FormField:
    """A field as it is drawn; `options` are (value, chosen) of a closed list."""

    name: str
    label: Any
    kind: str
    value: Any = ""
    options: list[tuple[str, bool]] = field(default_factory=list)


@dataclass(frozen=True)
class FormItem:
    """A label, attribute, choice, relation or hint with its fields; `inner` are the items inside it.

    Those of a label are `is_nested`: the label is folded, and unfolding it shows everything in it.
    """

    path: str
    title: str
    index: int
    fields: list[FormField]
    inner: list["FormItem"]
    inner_kind: str = ""
    is_nested: bool = False


def form_items(definition: Mapping[str, Any], kind: str, path: Path = ()) -> list[FormItem]:
    """Return the items of a list of a definition, or of an item in it."""
    items = definition.get(kind, [])
    label_ids = [label.get("id", "") for label in definition.get("labels", [])] if kind == "relations" else []
    return [
        _item(item, kind, (*path, kind, index), label_ids)
        for index, item in enumerate(items if isinstance(items, list) else [])
        if isinstance(item, dict)
    ]


def _item(item: Mapping[str, Any], kind: str, path: Path, label_ids: list[str]) -> FormItem:
    inner = INNER.get(kind, "")
    if kind in HAVE_CHOICES and _type_of(item) not in WITH_CHOICES:
        inner = ""
    return FormItem(
        path=field_name(path),
        title=str(item.get("name") or item.get("id") or ""),
        index=int(path[-1]),
        fields=[_field(item, each, path, label_ids) for each in ITEM_FIELDS[kind]],
        inner=form_items(item, inner, path) if inner else [],
        inner_kind=inner,
        is_nested=len(path) > TOP_LEVEL and path[0] == "labels",
    )


def _type_of(attribute: Mapping[str, Any]) -> str:
    return str(attribute.get("type") or ("choice" if attribute.get("choices") else "text"))


def rule_fields(definition: Mapping[str, Any], key: str) -> list[FormField]:
    """Return the fields of the schema itself (""), or of its rules under `nesting` or `boundaries`."""
    holder = definition.get(key, {}) if key else definition
    path: Path = (key,) if key else ()
    return [_field(holder if isinstance(holder, dict) else {}, each, path, []) for each in ROOT_FIELDS[key]]


def _field(item: Mapping[str, Any], each: Field, path: Path, label_ids: list[str]) -> FormField:
    name = field_name((*path, each.member))
    value = item.get(each.member, each.default)
    if each.member == "type":
        value = _type_of(item)
    label = NAMES[each.member]
    if each.kind == LABELS:
        chosen = value if isinstance(value, list) else label_ids
        return FormField(name, label, LABELS, options=[(label_id, label_id in chosen) for label_id in label_ids])
    if isinstance(each.kind, tuple):
        return FormField(name, label, "choice", value, [(option, option == value) for option in each.kind])
    if each.kind == LINES:
        return FormField(name, label, LINES, "\n".join(map(str, value)) if isinstance(value, list) else "")
    return FormField(name, label, each.kind, "" if value is None and each.kind in (NUMBER, FLAG) else value)


def shown_marks(items: list[FormItem]) -> Iterator[str]:
    """Yield the names of the hidden fields that say which items a form shows."""
    for item in items:
        yield f"{item.path}-shown"
        yield from shown_marks(item.inner)
