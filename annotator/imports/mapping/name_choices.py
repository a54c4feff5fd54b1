"""The choices after a preview: a row for each name that the schema lacks or that the mapping mentions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotator.imports.mapping.import_mapping import FIELDS
from annotator.imports.mapping.unknown_names import FREE_TEXT, KINDS, SEPARATOR, NamePolicy
from projects.schema import Schema

TARGET = "to:"
MOST_SHOWN = 4
MOST_ROWS = 150
"""Names of each kind that can be decided one by one on the page; a mapping file has all of them."""
RawMapping = dict[str, Any]
# A value with its text, or a group of them.
Options = tuple[tuple[str, str | list[tuple[str, str]]], ...]
KIND_NAMES: dict[str, str | Promise] = {
    "labels": gettext_lazy("Label"),
    "attributes": gettext_lazy("Attribute"),
    "relations": gettext_lazy("Relation type"),
}


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name: how it is used in the files, what can be done with it, and the current choice."""

    kind: str
    name: str
    field: str
    usage: str
    """How the files use it; "" for a name that only the mapping mentions."""
    options: Options
    chosen: str

    @property
    def title(self) -> str:
        """The kind of the name, and the name."""
        return f"{KIND_NAMES[self.kind]} “{self.name}”"


def name_rows(unknown: Mapping[str, Any], mapping: RawMapping, schema: Schema) -> list[NameRow]:
    """Return the rows for the unknown names of a preview; `mapping` is the mapping of that preview, as JSON."""
    usages = {
        "labels": _label_usages(_most_used(unknown, "labels", lambda count: count["spans"]), schema),
        "attributes": _attribute_usages(unknown),
        "relations": _relation_usages(_most_used(unknown, "relations", lambda pairs: sum(pairs.values()))),
    }
    return [
        NameRow(
            kind,
            name,
            f"{kind}-{number}",
            usages[kind].get(name, ""),
            _options(kind, schema),
            _choice(mapping, kind, name),
        )
        for kind in KINDS
        for number, name in enumerate(_names(kind, usages[kind], mapping))
    ]


def _most_used(unknown: Mapping[str, Any], kind: str, number: Callable[[Any], int]) -> dict[str, Any]:
    """Return the names of a kind that the files use most; a page with thousands of choices could not be used."""
    items = unknown.get(kind, {}).items()
    return {kind: dict(sorted(items, key=lambda item: (-number(item[1]), item[0]))[:MOST_ROWS])}


def mapping_with(rows: list[NameRow], mapping: RawMapping, choice: Callable[[str], str]) -> RawMapping:
    """Return the mapping with the choices made in the rows; `choice` returns the value of a field."""
    kinds = {kind: dict(mapping.get(kind) or {}) for kind in KINDS}
    new = {kind: dict((mapping.get("new") or {}).get(kind) or {}) for kind in KINDS}
    for row in rows:
        value = choice(row.field)
        kinds[row.kind].pop(row.name, None)
        new[row.kind].pop(row.name, None)
        if value.startswith(TARGET):
            kinds[row.kind][row.name] = value.removeprefix(TARGET)
        elif value == NamePolicy.SKIP and not row.usage:
            kinds[row.kind][row.name] = None
        elif value:
            new[row.kind][row.name] = value
    chosen = {**mapping, **kinds, "new": {kind: names for kind, names in new.items() if names}}
    return {name: value for name, value in chosen.items() if value}


def load_mapping(given: str) -> RawMapping:
    """Return a checked mapping as plain JSON."""
    return dict(orjson.loads(given)) if given.strip() else {}


def dump_mapping(mapping: RawMapping) -> str:
    """Return a mapping as text; "" for an empty one."""
    return orjson.dumps(mapping).decode() if mapping else ""


def field_names(mapping: RawMapping) -> dict[str, str]:
    """Return the name in the files for each field of a record; "" where the mapping has none."""
    return {use: str((mapping.get("fields") or {}).get(use, "")) for use in FIELDS}


def _names(kind: str, usages: Mapping[str, str], mapping: RawMapping) -> Iterator[str]:
    yield from usages
    mentioned = {**(mapping.get(kind) or {}), **((mapping.get("new") or {}).get(kind) or {})}
    yield from (name for name in mentioned if name not in usages)


def _choice(mapping: RawMapping, kind: str, name: str) -> str:
    renamed = mapping.get(kind) or {}
    if name in renamed:
        return NamePolicy.SKIP.value if renamed[name] is None else f"{TARGET}{renamed[name]}"
    return str(((mapping.get("new") or {}).get(kind) or {}).get(name, ""))


def _options(kind: str, schema: Schema) -> Options:
    by_kind: dict[str, dict[str, str]] = {
        "labels": {label.id: label.name for label in schema.labels.values()},
        "relations": {relation.id: relation.name for relation in schema.relations.values()},
        "attributes": {
            attribute.id: attribute.name for label in schema.labels.values() for attribute in label.attributes.values()
        },
    }
    return (
        ("", _("Same as for all others")),
        (NamePolicy.ADD.value, _("Add to a new version of the schema")),
        (NamePolicy.SKIP.value, _("Leave out and report")),
        (NamePolicy.REFUSE.value, _("Refuse the file")),
        (_("Map to"), [(f"{TARGET}{key}", name) for key, name in by_kind[kind].items()]),
    )


def _label_usages(unknown: Mapping[str, Any], schema: Schema) -> dict[str, str]:
    return {
        name: _spans(count["spans"])
        + (f", {_('in several fragments, which this label does not allow')}" if name in schema.labels else "")
        for name, count in unknown.get("labels", {}).items()
    }


def _spans(number: int) -> str:
    return ngettext("%(number)s span", "%(number)s spans", number) % {"number": f"{number:,}"}


def _attribute_usages(unknown: Mapping[str, Any]) -> dict[str, str]:
    usages: dict[str, list[str]] = {}
    for label, names in unknown.get("attributes", {}).items():
        for name, values in names.items():
            shown = ", ".join(f"“{value[:40]}”" for value in list(values)[:MOST_SHOWN] if value != FREE_TEXT)
            usage = f"{_spans(sum(values.values()))} “{label}”" + (f": {shown}" if shown else "")
            usages.setdefault(name, []).append(usage)
    return {name: _listed(listed) for name, listed in usages.items()}


def _relation_usages(unknown: Mapping[str, Any]) -> dict[str, str]:
    usages = {}
    for name, pairs in unknown.get("relations", {}).items():
        usages[name] = _listed([_relation_usage(pair, number) for pair, number in pairs.items()])
    return usages


def _relation_usage(pair: str, number: int) -> str:
    source, target = pair.split(SEPARATOR)
    message = ngettext(
        "%(number)s relation from “%(source)s” to “%(target)s”",
        "%(number)s relations from “%(source)s” to “%(target)s”",
        number,
    )
    return message % {"number": f"{number:,}", "source": source, "target": target}


def _listed(usages: list[str]) -> str:
    return "; ".join(usages[:MOST_SHOWN]) + ("; …" if len(usages) > MOST_SHOWN else "")
