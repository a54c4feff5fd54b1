"""A mapping: what labels, attributes, relations and fields of the files are called in this project.

```
{"labels": {"PER": "Speaker", "MISC": null}, "relations": {"src": "attributed-to"}, "attributes": {"type": "kind"},
 "new": {"labels": {"LOC": "add"}, "attributes": {"age": "skip"}},
 "fields": {"text": "body"}, "annotator": "gold", "offsets": "utf-16", "people": {"p.smith": "petra", "ada": null}}
```

null leaves out whatever has that name. `new` decides for single names that the schema lacks; `new_labels` of the import
decides for all others. `people` are members of the project by names of annotators in the files; null is another person,
even if a member has that user name. `fields` is for records whose fields have other names (JSONL, CSV, TSV).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from annotator.formats.incoming import IncomingDocument, IncomingSet
from annotator.imports.mapping.unknown_names import NamePolicy

Renaming = Mapping[str, str | None]
FIELDS = ("text", "id", "title", "spans", "start", "end", "label", "annotator")
CONTESTED, LINE_BREAKS, COLUMNS = "contested", "line_breaks", "columns"
"""Members that say how files are read; see `reading`."""


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """Names in this project by names in the files; None leaves out."""

    labels: Renaming = field(default_factory=dict)
    relations: Renaming = field(default_factory=dict)
    attributes: Renaming = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    """Options of readers: `offsets`, `annotator`, and those of `reading`."""
    new: Mapping[str, Mapping[str, NamePolicy]] = field(default_factory=dict)
    """What happens to single names that the schema lacks, by "labels", "attributes" or "relations"."""
    people: Mapping[str, str | None] = field(default_factory=dict)
    """User names of members by names of annotators in the files."""

    def __bool__(self) -> bool:
        """Whether documents have to be converted for it; people are linked when their sets are stored."""
        return bool(self.labels or self.relations or self.attributes or self.fields or self.options or self.new)


def rename(document: IncomingDocument, mapping: ImportMapping) -> tuple[IncomingDocument, list[str]]:
    """Return a document with the names of this project, and a note on each item that was left out."""
    notes: list[str] = []
    if not (mapping.labels or mapping.relations or mapping.attributes):
        return document, notes
    sets = {name: _rename_set(name, incoming, mapping, notes) for name, incoming in document.sets.items()}
    return replace(document, sets=sets), notes


def _rename_set(annotator: str, incoming: IncomingSet, mapping: ImportMapping, notes: list[str]) -> IncomingSet:
    spans, dropped = [], set()
    for span in incoming.spans:
        well_formed = isinstance(span, dict) and isinstance(span.get("label"), str)
        if well_formed and mapping.labels.get(span["label"], "") is None:
            dropped.add(str(span.get("id")))
            notes.append(f"{annotator}: span {span.get('id')} was left out: the mapping leaves out “{span['label']}”.")
            continue
        spans.append(_rename_span(span, mapping) if well_formed else span)
    relations = []
    for relation in incoming.relations:
        well_formed = isinstance(relation, dict) and isinstance(relation.get("label"), str)
        if well_formed and mapping.relations.get(relation["label"], "") is None:
            notes.append(f"{annotator}: relation {relation.get('id')} was left out by the mapping.")
        elif well_formed and {str(relation.get("from")), str(relation.get("to"))} & dropped:
            notes.append(f"{annotator}: relation {relation.get('id')} was left out with its span.")
        else:
            relations.append(_relabel(relation, mapping.relations) if well_formed else relation)
    return replace(incoming, spans=spans, relations=relations)


def _rename_span(span: dict[str, Any], mapping: ImportMapping) -> dict[str, Any]:
    renamed = _relabel(span, mapping.labels)
    attributes = span.get("attributes")
    if mapping.attributes and isinstance(attributes, dict):
        pairs = [(mapping.attributes.get(name, name), value) for name, value in attributes.items()]
        renamed["attributes"] = {name: value for name, value in pairs if name is not None}
    return renamed


def _relabel(item: dict[str, Any], names: Renaming) -> dict[str, Any]:
    return {**item, "label": names.get(item["label"], item["label"])}
