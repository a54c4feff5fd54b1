"""The language of searches: words, "phrases", beginnings*, -without, and filters such as label:Denial. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from annotator.text import folding

FILTERS = ("label", "note", "person", "state", "round", "tag")
STATES = ("unassigned", "begun", "submitted", "adjudicated", "disputed", "excluded", "skipped")
_PART = re.compile(r'(?P<minus>-?)(?:(?P<key>[\w.]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')


@dataclass(frozen=True, slots=True)
class Words:
    """Words side by side to look for in texts; the last one may be a beginning."""

    words: Sequence[str]
    is_prefix: bool
    is_negated: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition: `label`, `note`, `person`, `state`, `round`, or the name of an attribute, with a value."""

    key: str
    value: str
    is_negated: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A search: all of its words and filters have to fit."""

    words: Sequence[Words]
    filters: Sequence[Filter]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.words and not self.filters

    @property
    def phrases(self) -> list[Words]:
        """The words that are shown with their contexts."""
        return [term for term in self.words if not term.is_negated]


def parse(text: str) -> Query:
    """Return the words and filters of a search.

    >>> query = parse('label:Denial -target "no comment" krem*')
    >>> query.filters
    [Filter(key='label', value='Denial', is_negated=False)]
    >>> [(term.words, term.is_prefix, term.is_negated) for term in query.words]
    [(['target'], False, True), (['no', 'comment'], False, False), (['krem'], True, False)]
    """
    words: list[Words] = []
    filters: list[Filter] = []
    for match in _PART.finditer(text):
        quoted, plain = match["quoted"], match["plain"]
        value = plain if quoted is None else quoted
        negated = bool(match["minus"])
        if match["key"]:
            filters.append(Filter(match["key"], value, negated))
        elif parts := folding.words(value):
            words.append(Words(parts, plain is not None and plain.endswith("*"), negated))
    return Query(words, filters)
