"""What may be chosen after a preview: a row for each name that the schema lacks, or that a mapping speaks of. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from annotator.imports.mapping import FIELDS
from annotator.imports.novelties import KINDS, SEPARATOR, NewLabels
from projects.schema import Schema

TARGET = "to:"
SEVERAL = "in several fragments, which it may not have"
Raw = dict[str, Any]
# A value with its words, or a group of them; the words come first, so that who types them finds them.
Options = tuple[tuple[str, str | list[tuple[str, str]]], ...]
SINGULAR = {"labels": "Label", "attributes": "Attribute", "relations": "Relation type"}


@dataclass(frozen=True, slots=True)
class Row:
    """One name: what was found of it, what may become of it, and what is chosen now."""

    kind: str
    name: str
    field: str
    told: str
    options: Options
    chosen: str

    @property
    def title(self) -> str:
        """What kind of name it is, and the name."""
        return f"{SINGULAR[self.kind]} “{self.name}”"


def rows_of(unknown: Mapping[str, Any], mapping: Raw, schema: Schema) -> list[Row]:
    """Return the rows for what a preview found; `mapping` is the one that it was made with, as JSON."""
    return [
        Row(kind, name, f"{kind}-{number}", told.get(name, "as the mapping says"), _options(kind, schema),
            _chosen(mapping, kind, name))
        for kind, told in (("labels", _labels(unknown, schema)), ("attributes", _attributes(unknown)),
                           ("relations", _relations(unknown)))
        for number, name in enumerate(_names(kind, told, mapping))
    ]  # fmt: skip


def mapping_with(rows: list[Row], mapping: Raw, chosen: Callable[[str], str]) -> Raw:
    """Return the mapping with what was chosen in the rows; `chosen` gives the value of a field."""
    kinds = {kind: dict(mapping.get(kind) or {}) for kind in KINDS}
    new = {kind: dict((mapping.get("new") or {}).get(kind) or {}) for kind in KINDS}
    for row in rows:
        value = chosen(row.field)
        kinds[row.kind].pop(row.name, None)
        new[row.kind].pop(row.name, None)
        if value.startswith(TARGET):
            kinds[row.kind][row.name] = value.removeprefix(TARGET)
        elif value == NewLabels.SKIP and row.told == "as the mapping says":
            kinds[row.kind][row.name] = None
        elif value:
            new[row.kind][row.name] = value
    made = {**mapping, **kinds, "new": {kind: names for kind, names in new.items() if names}}
    return {name: value for name, value in made.items() if value}


def read_mapping(given: str) -> Raw:
    """Return a mapping that was found good before as plain JSON."""
    return dict(orjson.loads(given)) if given.strip() else {}


def written_mapping(mapping: Raw) -> str:
    """Return a mapping as text; "" for an empty one."""
    return orjson.dumps(mapping).decode() if mapping else ""


def fields_of(mapping: Raw) -> dict[str, str]:
    """Return what each member of a record is called in the files, as far as somebody said so."""
    return {use: str((mapping.get("fields") or {}).get(use, "")) for use in FIELDS}


def _names(kind: str, told: Mapping[str, str], mapping: Raw) -> Iterator[str]:
    yield from told
    spoken_of = {**(mapping.get(kind) or {}), **((mapping.get("new") or {}).get(kind) or {})}
    yield from (name for name in spoken_of if name not in told)


def _chosen(mapping: Raw, kind: str, name: str) -> str:
    renamed = mapping.get(kind) or {}
    if name in renamed:
        return NewLabels.SKIP.value if renamed[name] is None else f"{TARGET}{renamed[name]}"
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
        ("", "as for all others"),
        (NewLabels.ADD.value, "add to a new version of the schema"),
        (NewLabels.SKIP.value, "leave out, and list it"),
        (NewLabels.REFUSE.value, "refuse the file"),
        ("Here it is called", [(f"{TARGET}{key}", name) for key, name in by_kind[kind].items()]),
    )


def _labels(unknown: Mapping[str, Any], schema: Schema) -> dict[str, str]:
    return {
        name: f"{told['spans']:,} × "
        + ("in several fragments, which it may not have" if name in schema.labels else "new")
        for name, told in unknown.get("labels", {}).items()
    }


def _attributes(unknown: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for label, names in unknown.get("attributes", {}).items():
        for name, values in names.items():
            shown = ", ".join(f"“{value[:40]}”" for value in list(values)[:4] if value != "…")
            found.setdefault(name, []).append(
                f"{sum(values.values()):,} × at “{label}”" + (f": {shown}" if shown else "")
            )
    return {name: "; ".join(told[:4]) + ("; …" if len(told) > 4 else "") for name, told in found.items()}


def _relations(unknown: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: "; ".join(
            f"{times:,} × from “{pair.replace(SEPARATOR, '” to “')}”" for pair, times in list(pairs.items())[:4]
        ) + ("; …" if len(pairs) > 4 else "")
        for name, pairs in unknown.get("relations", {}).items()
    }  # fmt: skip
