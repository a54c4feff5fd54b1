"""Names that no schema can hold: too long, or with spaces at their ends or control characters. Pure.

Every other name of a file is the id of a label as it is, in any language.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from annotator.formats.incoming import IncomingDocument, IncomingSet
from projects.schema_reader import LONGEST_ID, NOT_IN_IDS, is_id

LONGEST_NAME = 100


class SafeNames:
    """Replaces names by ids that a schema can hold; `names` are the original names of these ids."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def id_of(self, name: str) -> str:
        """Return the id for a name, which is the name itself if a schema can hold it."""
        known = self._ids.get(name)
        if known is None:
            known = self._ids[name] = name if is_id(name) else safe_id(name)
            if known != name and (shown := NOT_IN_IDS.sub(" ", name).strip()):
                self.names[known] = shown[:LONGEST_NAME]
        return known

    def apply(self, document: IncomingDocument) -> tuple[IncomingDocument, list[str]]:
        """Return a document with safe names, and a note on each name that is replaced for the first time."""
        before = len(self.names)
        sets = {name: self._of_set(incoming) for name, incoming in document.sets.items()}
        new = list(self.names.items())[before:]
        notes = [
            f"The name “{name}” cannot be an id; it is shown as a name, and its id is “{key}”." for key, name in new
        ]
        return replace(document, sets=sets), notes

    def _of_set(self, incoming: IncomingSet) -> IncomingSet:
        spans = [self._of_span(span) if isinstance(span, dict) else span for span in incoming.spans]
        relations = [self._relabelled(item) if isinstance(item, dict) else item for item in incoming.relations]
        return replace(incoming, spans=spans, relations=relations)

    def _of_span(self, span: dict[str, Any]) -> dict[str, Any]:
        attributes = span.get("attributes")
        if attributes and isinstance(attributes, dict) and any(self.id_of(str(name)) != name for name in attributes):
            span = {**span, "attributes": {self.id_of(str(name)): value for name, value in attributes.items()}}
        return self._relabelled(span)

    def _relabelled(self, item: dict[str, Any]) -> dict[str, Any]:
        label = item.get("label")
        if not isinstance(label, str) or self.id_of(label) == label:
            return item
        return {**item, "label": self.id_of(label)}


def safe_id(name: str) -> str:
    """Return an id for a name that cannot be one; spaces at its ends are not part of a name.

    >>> safe_id(" PER "), safe_id("x" * 70)
    ('PER', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-8fc6d96d')
    """
    shown = NOT_IN_IDS.sub(" ", name).strip()
    if is_id(shown):
        return shown
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{shown[: LONGEST_ID - 9].strip() or 'unnamed'}-{digest}"


def add_names(definition: dict[str, Any], names: Mapping[str, str]) -> None:
    """Set the names of labels and relation types whose ids were made from other names."""
    for item in (*definition.get("labels", []), *definition.get("relations", [])):
        if item.get("id") in names:
            item.setdefault("name", names[item["id"]])
