"""The history of an annotation set in words: who changed what, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.spans import selectors
from annotator.corpus.spans.changes import (
    AddRelation,
    AddSpan,
    Change,
    Load,
    RemoveRelation,
    RemoveSpan,
    UpdateDocument,
    UpdateSpan,
)
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.state import State
from annotator.corpus.spans.values import Fragments, RelationValue, SpanValue
from annotator.formats.records import DocumentValue
from projects.schema import Schema, describe_value
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
class Describer:
    """What descriptions are made from: the text, the schema, and the state before the change."""

    text: str
    schema: Schema
    state: State

    def describe(self, change: Change) -> str:
        """Return a change in words."""
        match change:
            case AddSpan(span=span):
                return _("%(span)s added") % {"span": self._span(span)}
            case RemoveSpan(span=span):
                return _("%(span)s deleted") % {"span": self._span(span)}
            case UpdateSpan():
                return self._update(change)
            case UpdateDocument(after=after):
                parts = [
                    _("%(attribute)s is %(value)s") % {"attribute": name, "value": self._document_value(name, value)}
                    for name, value in after.items()
                ]
                return _("Document: %(changes)s") % {"changes": ", ".join(parts)}
            case AddRelation(relation=relation):
                return _("%(relation)s: added") % {"relation": self._relation(relation)}
            case RemoveRelation(relation=relation):
                return _("%(relation)s: deleted") % {"relation": self._relation(relation)}
            case Load(spans=spans, relations=relations):
                return _("Imported: %(spans)s, %(relations)s") % {
                    "spans": ngettext("%(count)d span", "%(count)d spans", len(spans)) % {"count": len(spans)},
                    "relations": ngettext("%(count)d relation", "%(count)d relations", len(relations))
                    % {"count": len(relations)},
                }

    def _document_value(self, name: str, value: DocumentValue | None) -> str:
        return _("not set") if value is None else describe_value(self.schema.document_attributes.get(name), value)

    def _label(self, label: str) -> str:
        definition = self.schema.labels.get(label)
        return definition.name if definition else label

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
        return f"{self._span_with_id(relation.source)} {name} {self._span_with_id(relation.target)}"

    def _span_with_id(self, span_id: str) -> str:
        span = self.state.spans.get(span_id)
        return self._span(span) if span else _("a deleted span")

    def _update(self, change: UpdateSpan) -> str:
        after, parts = change.after, []
        if "label" in after:
            parts.append(_("became %(label)s") % {"label": self._label(after["label"])})
        if "fragments" in after:
            parts.append(_("now covers %(words)s") % {"words": self._excerpt(after["fragments"])})
        parts += [
            _("%(attribute)s is %(value)s") % {"attribute": name, "value": value or _("not set")}
            for name, value in after.get("attributes", {}).items()
        ]
        if "note" in after:
            parts.append(_("note changed") if after["note"] else _("note deleted"))
        return f"{self._span_with_id(change.span_id)}: {', '.join(parts)}"


def history_until(annotation_set: AnnotationSet, text: str, *, revision: int, state: State) -> Sequence[HistoryEntry]:
    """Return the last entries of the log up to a revision, newest first: one page of them.

    `state` is the set at that revision. The entries are undone in it, so that it is the set before the oldest of them
    afterwards.
    """
    return list(_entries(annotation_set, text, revision, state))


def _entries(annotation_set: AnnotationSet, text: str, revision: int, state: State) -> Iterator[HistoryEntry]:
    describer = Describer(text, schema_of(annotation_set.schema_version), state)
    entries = selectors.entries_between(annotation_set, max(0, revision - ENTRIES_A_PAGE), revision)
    for entry in reversed(entries):
        selectors.undo(state, entry.change)
        yield HistoryEntry(entry.revision, entry.by, entry.at, describer.describe(entry.change))
