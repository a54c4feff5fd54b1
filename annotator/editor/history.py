"""The history of a set in words: who did what when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from annotator.corpus.spans import selectors
from annotator.corpus.spans.changes import AddRelation, AddSpan, Change, Load, RemoveRelation, RemoveSpan, UpdateSpan
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.state import State
from annotator.corpus.spans.values import Fragments, RelationValue, SpanValue
from projects.schema import Schema
from projects.selectors import schema_of

ENTRIES_A_PAGE = 100
LONGEST_EXCERPT = 60


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change: the revision it led to, who made it and when, and what it did."""

    revision: int
    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What changes are told with: the text, the schema, and the set as it was before the change."""

    text: str
    schema: Schema
    state: State

    def tell(self, change: Change) -> str:
        """Return what a change did, as a phrase."""
        match change:
            case AddSpan(span=span):
                return f"{self._span(span)} added"
            case RemoveSpan(span=span):
                return f"{self._span(span)} removed"
            case UpdateSpan():
                return self._update(change)
            case AddRelation(relation=relation):
                return f"{self._relation(relation)}: added"
            case RemoveRelation(relation=relation):
                return f"{self._relation(relation)}: removed"
            case Load(spans=spans, relations=relations):
                return f"{len(spans)} spans and {len(relations)} relations loaded"

    def _label(self, label: str) -> str:
        known = self.schema.labels.get(label)
        return known.name if known else label

    def _span(self, span: SpanValue) -> str:
        return f"{self._label(span.label)} {self._excerpt(span.fragments)}"

    def _excerpt(self, fragments: Fragments) -> str:
        words = " ".join(" … ".join(self.text[start:end] for start, end in fragments).split())
        if len(words) > LONGEST_EXCERPT:
            words = f"{words[: LONGEST_EXCERPT // 2]}…{words[-LONGEST_EXCERPT // 2 :]}"
        return f"“{words}”"

    def _relation(self, relation: RelationValue) -> str:
        kind = self.schema.relations.get(relation.label)
        name = kind.name if kind else relation.label
        return f"{self._end(relation.source)} {name} {self._end(relation.target)}"

    def _end(self, span_id: str) -> str:
        span = self.state.spans.get(span_id)
        return self._span(span) if span else "a span that is gone"

    def _update(self, change: UpdateSpan) -> str:
        after, parts = change.after, []
        if "label" in after:
            parts.append(f"became {self._label(after['label'])}")
        if "fragments" in after:
            parts.append(f"now covers {self._excerpt(after['fragments'])}")
        parts += [f"{name} is {value or 'not set'}" for name, value in after.get("attributes", {}).items()]
        if "note" in after:
            parts.append("note changed" if after["note"] else "note removed")
        return f"{self._end(change.span_id)}: {', '.join(parts)}"


def history_until(annotation_set: AnnotationSet, text: str, *, revision: int, state: State) -> Sequence[HistoryEntry]:
    """Return the last entries of the log up to a revision, newest first: a page of them.

    `state` is the set at that revision; it is walked back, and stands before the oldest of the entries afterwards.
    """
    return list(_tell(annotation_set, text, revision, state))


def _tell(annotation_set: AnnotationSet, text: str, revision: int, state: State) -> Iterator[HistoryEntry]:
    wording = Wording(text, schema_of(annotation_set.schema_version), state)
    entries = selectors.entries_between(annotation_set, max(0, revision - ENTRIES_A_PAGE), revision)
    for entry in reversed(entries):
        selectors.undo(state, entry.change)
        yield HistoryEntry(entry.revision, entry.by, entry.at, wording.tell(entry.change))
