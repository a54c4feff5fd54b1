"""The preview of a migration: how many annotations each rule changes, with ten examples each. Nothing is written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from annotator.corpus.documents.models import Document
from annotator.corpus.relabelling.plans import Outcome, Row, SetPlan
from annotator.corpus.spans.models import AnnotationSet
from annotator.formats.records import DocumentValue

MOST_EXAMPLES = 10
MOST_KINDS = 500
CONTEXT = 40
LONGEST_QUOTE = 200


@dataclass
class Preview:
    """What a migration would change, added up set by set."""

    sets: int = 0
    changed_sets: int = 0
    answered_sets: int = 0
    """Sets in which attributes of the document change."""
    spans: int = 0
    by_hand: int = 0
    equal_spans: int = 0
    joined_relations: int = 0
    kinds: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    relations: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Attributes of the document, before and after, with their values."""
    answer_sets: dict[object, list[int]] = field(default_factory=dict)
    """Sets that are examples of changes of attributes of the document."""
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[object, list[tuple[Row, Outcome]]] = field(default_factory=dict)

    def add(self, plans: Iterable[SetPlan]) -> None:
        """Add the plans of some sets."""
        for plan in plans:
            self.sets += 1
            self.changed_sets += bool(plan.entries)
            self.answered_sets += plan.answers is not None
            self.by_hand += len(plan.by_hand)
            self.equal_spans += plan.equal_spans
            self.joined_relations += len(plan.joined)
            self.refused.update(plan.errors)
            self.relations.update(plan.relation_changes)
            self._add_answers(plan)
            for row, outcome in plan.changes:
                if outcome.error:
                    self._keep(outcome.error, row, outcome)
                    continue
                self.spans += outcome.is_changed
                kind = (row[3], outcome.label, _what(outcome.after, by_hand=outcome.by_hand))
                if kind in self.kinds or len(self.kinds) < MOST_KINDS:
                    self.kinds[kind] += 1
                    self._keep(kind, row, outcome)

    def _add_answers(self, plan: SetPlan) -> None:
        before = {name: value for name, value, _after in plan.answer_changes if value is not None}
        after = {name: value for name, _before, value in plan.answer_changes if value is not None}
        kinds: list[object] = list(plan.answer_errors)
        if plan.answer_changes:
            # Without the values where only names change: texts and numbers would each be a kind of their own.
            is_renamed = list(before.values()) == list(after.values())
            kind = (", ".join(before), ", ".join(after)) if is_renamed else (_in_words(before), _in_words(after))
            if kind in self.answers or len(self.answers) < MOST_KINDS:
                self.answers[kind] += 1
                kinds.append(kind)
        for each in kinds:
            kept = self.answer_sets.setdefault(each, [])
            if len(kept) < MOST_EXAMPLES:
                kept.append(plan.set_id)

    def _keep(self, kind: object, row: Row, outcome: Outcome) -> None:
        kept = self.examples.setdefault(kind, [])
        if len(kept) < MOST_EXAMPLES:
            kept.append((row, outcome))

    def as_json(self) -> dict[str, Any]:
        """Return the counts and the examples, each with its text."""
        of_answers = {set_id for kept in self.answer_sets.values() for set_id in kept}
        quotes = _Quotes((row for kept in self.examples.values() for row, _outcome in kept), of_answers)
        return {
            "sets": self.sets,
            "changed_sets": self.changed_sets,
            "answered_sets": self.answered_sets,
            "spans": self.spans,
            "by_hand": self.by_hand,
            "equal_spans": self.equal_spans,
            "joined_relations": self.joined_relations,
            "changes": [
                {
                    "from": kind[0],
                    "to": kind[1],
                    "what": kind[2],
                    "count": count,
                    "examples": [quotes.example(*example) for example in self.examples[kind]],
                }
                for kind, count in sorted(self.kinds.items())
            ],
            "relations": [
                {"from": old, "to": new, "count": count} for (old, new), count in sorted(self.relations.items())
            ],
            "document_attributes": [
                {
                    "from": kind[0],
                    "to": kind[1],
                    "count": count,
                    "examples": [quotes.whole(set_id) for set_id in self.answer_sets[kind]],
                }
                for kind, count in sorted(self.answers.items())
            ],
            "refused": self._refused_as_json(quotes),
        }

    def _refused_as_json(self, quotes: "_Quotes") -> dict[str, Any]:
        return {
            "count": self.refused.total(),
            "reasons": [
                {
                    "detail": detail,
                    "count": count,
                    "examples": [
                        *(quotes.example(*example) for example in self.examples.get(detail, [])),
                        *(quotes.whole(set_id) for set_id in self.answer_sets.get(detail, [])),
                    ],
                }
                for detail, count in self.refused.most_common(MOST_KINDS)
            ],
        }


@lru_cache(maxsize=10_000)
def _what(after: str, *, by_hand: bool) -> str:
    """Return what changes in a span, by the names of its fields; few changes differ."""
    names = orjson.loads(after).keys() if after else ()
    return ", ".join([*sorted(names), *(["by hand"] if by_hand else [])])


def _in_words(values: Mapping[str, DocumentValue]) -> str:
    """Return attributes of the document with their values, as files have them."""
    texts = {name: ", ".join(value) if isinstance(value, list) else value for name, value in values.items()}
    return ", ".join(f"{name}: {text}" for name, text in texts.items())


class _Quotes:
    """The texts of examples: spans, and whole sets."""

    def __init__(self, rows: Iterable[Row], set_ids: Iterable[int]) -> None:
        set_ids = {row[1] for row in rows}.union(set_ids)
        heads = AnnotationSet.objects.filter(pk__in=set_ids).order_by("id")
        self._sets = {row[0]: row[1:] for row in heads.values_list("id", "document_id", "name")}
        documents = Document.objects.filter(pk__in={document for document, _name in self._sets.values()}).order_by("id")
        self._texts = {key: (name, text) for key, name, text in documents.values_list("id", "external_id", "text")}

    def whole(self, set_id: int) -> dict[str, Any]:
        """Return a set as JSON, where a change is not about a span."""
        document_id, name = self._sets[set_id]
        return {"document": self._texts[document_id][0], "annotator": name}

    def example(self, row: Row, outcome: Outcome) -> dict[str, Any]:
        """Return an example as JSON."""
        _key, set_id, uid, label, start, end, _fragments, _attributes, _note = row
        document_id, name = self._sets[set_id]
        external_id, text = self._texts[document_id]
        changes: Mapping[str, Any] = orjson.loads(outcome.after) if outcome.after else {}
        return {
            "span": uid,
            "document": external_id,
            "annotator": name,
            "before": text[max(0, start - CONTEXT) : start],
            "text": text[start : min(end, start + LONGEST_QUOTE)],
            "after": text[end : end + CONTEXT],
            "from": label,
            "changes": changes,
        }
