"""Tells at a glance that a set obeys every rule, as nearly all do that come in. Pure.

`check_line` builds a value of each span and applies a change: right, and a third of the time of an import (measured).
What is certain here needs none of that; of whatever is in doubt the rules themselves decide.
"""

from typing import Any

from annotator.corpus.spans.state import MOST_SPANS
from annotator.corpus.spans.values import LONGEST_ID, LONGEST_NOTE, LONGEST_VALUE, MOST_ATTRIBUTES, ORIGINS, UNSTORABLE
from annotator.formats.incoming import IncomingSet
from projects.schema import Schema

_SPAN = {"id", "label", "fragments", "attributes", "note", "origin"}
_RELATION = {"id", "label", "from", "to"}
# Values of free text are as many as spans; they must not fill the memory.
MOST_REMEMBERED = 10_000


class QuickCheck:
    """Knows what was found right against one schema before."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._attributes: set[tuple[Any, ...]] = set()
        self._arrows: set[tuple[str, str, str]] = set()

    def is_right(self, work: IncomingSet, length: int) -> bool:
        """Whether a set is certainly right over a text of `length` code points; False says only that it is not sure."""
        if len(work.spans) > MOST_SPANS:
            return False
        label_of: dict[str, str] = {}
        for span in work.spans:
            if type(span) is not dict or not self._is_right_span(span, length):
                return False
            label_of[span["id"]] = span["label"]
        return len(label_of) == len(work.spans) and self._are_right_relations(work.relations, label_of)

    def _is_right_span(self, span: dict[str, Any], length: int) -> bool:
        fragments = span.get("fragments")
        if not (span.keys() <= _SPAN and _is_plain(span.get("id")) and type(fragments) is list and len(fragments) == 1):
            return False
        pair = fragments[0]
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not int or type(pair[1]) is not int:
            return False
        if not 0 <= pair[0] < pair[1] <= length or span.get("origin", "imported") not in ORIGINS:
            return False
        note = span.get("note", "")
        if note != "" and (type(note) is not str or len(note) > LONGEST_NOTE or UNSTORABLE.search(note)):
            return False
        label = span.get("label")
        return type(label) is str and self._takes(label, span.get("attributes", {}))

    def _takes(self, label: str, attributes: Any) -> bool:
        if type(attributes) is not dict:
            return False
        key = (label, *attributes.items())
        try:
            if key in self._attributes:
                return True
        except TypeError:  # a value that is a list or an object
            return False
        right = (
            len(attributes) <= MOST_ATTRIBUTES
            and all(map(_is_plain, (label, *attributes)))
            and all(type(value) is str and _is_short_text(value) for value in attributes.values())
            and not self._schema.check_span(label, 1, attributes)
        )
        if right and len(self._attributes) < MOST_REMEMBERED:
            self._attributes.add(key)
        return right

    def _are_right_relations(self, relations: list[Any], label_of: dict[str, str]) -> bool:
        identifiers, arrows = set(), set()
        for relation in relations:
            if type(relation) is not dict or relation.keys() != _RELATION:
                return False
            if not all(map(_is_plain, relation.values())):
                return False
            label, source, target = relation["label"], relation["from"], relation["to"]
            if source == target or source not in label_of or target not in label_of:
                return False
            if not self._joins(label, label_of[source], label_of[target]):
                return False
            identifiers.add(relation["id"])
            arrows.add((label, source, target))
        return len(identifiers) == len(relations) == len(arrows)

    def _joins(self, label: str, source: str, target: str) -> bool:
        """Whether the schema has a relation between spans of these labels; they are few."""
        arrow = (label, source, target)
        if arrow not in self._arrows:
            if self._schema.check_relation(*arrow):
                return False
            self._arrows.add(arrow)
        return True


def _is_plain(name: object) -> bool:
    """Whether an id, label or name holds nothing that has to be looked at twice: short, printable ASCII."""
    return type(name) is str and 1 <= len(name) <= LONGEST_ID and name.isascii() and name.isprintable()


def _is_short_text(value: str) -> bool:
    return len(value) <= LONGEST_VALUE and not UNSTORABLE.search(value)
