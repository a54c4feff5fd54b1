"""What a migration changes in annotation sets: they are read, nothing is written.

The same few combinations of label, attributes and note recur, so each is mapped once and then looked up: a set of a
million spans costs little more than reading it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from annotator.corpus.spans.models import AnnotationSet, Relation, Span
from annotator.formats.records import DocumentValue
from projects.schema_mapping import SchemaMapping, Unmapped

MOST_OUTCOMES = 50_000
Row = tuple[int, int, str, str, int, int, str | None, str, str]
RelationRow = tuple[int, int, str, str, int, int, str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for spans with one label, attributes and note. `before` and `after` are JSON of what changes."""

    label: str
    attributes: str = ""
    note: str = ""
    before: str = ""
    after: str = ""
    only_label: bool = True
    by_hand: bool = False
    error: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether anything changes."""
        return bool(self.after)


@dataclass(slots=True)
class SetPlan:
    """The changes of a set: entries of its log as (kind, payload), and the rows to update."""

    set_id: int
    entries: list[tuple[str, str]] = field(default_factory=list)
    relabelled: list[tuple[str, int]] = field(default_factory=list)
    """Label and key of spans in which nothing else changes."""
    rewritten: list[tuple[str, str, str, int]] = field(default_factory=list)
    """Label, attributes, note and key of the others."""
    relations: list[tuple[str, int]] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    """Keys of relations that an equal one makes superfluous."""
    by_hand: list[tuple[str, str]] = field(default_factory=list)
    """Id and present label of spans whose label a person chooses."""
    errors: list[str] = field(default_factory=list)
    changes: list[tuple[Row, Outcome]] = field(default_factory=list)
    """What changes in spans, for a preview."""
    relation_changes: list[tuple[str, str]] = field(default_factory=list)
    equal_spans: int = 0
    answers: dict[str, DocumentValue] | None = None
    """The attributes of the document, if they change."""
    answer_changes: list[tuple[str, DocumentValue | None, DocumentValue | None]] = field(default_factory=list)
    """Attributes of the document with their values before and after, for a preview."""
    answer_errors: list[str] = field(default_factory=list)
    """Those of `errors` that are about attributes of the document."""


class Planner:
    """Plans the changes of sets by one mapping; with `details`, for a preview."""

    def __init__(self, mapping: SchemaMapping, *, details: bool = False) -> None:
        self._mapping = mapping
        self._details = details
        self._outcomes: dict[tuple[str, str, str, bool], Outcome] = {}
        self._ends: dict[tuple[str, str, str], str] = {}

    def plan(self, set_ids: Sequence[int]) -> list[SetPlan]:
        """Return the plans of sets, in their order."""
        plans = {set_id: SetPlan(set_id) for set_id in set_ids}
        labels: dict[int, str] = {}
        self._plan_spans(plans, labels)
        self._plan_relations(plans, labels)
        self._plan_documents(plans)
        return list(plans.values())

    def _plan_spans(self, plans: Mapping[int, SetPlan], labels: dict[int, str]) -> None:
        seen: dict[int, set[tuple[object, ...]]] = defaultdict(set)
        for row in _span_rows(list(plans)):
            key, set_id, uid, label, start, end, fragments, attributes, note = row
            outcome = self._outcome(label, attributes, note, fragments)
            plan = plans[set_id]
            labels[key] = outcome.label
            if outcome.error:
                plan.errors.append(outcome.error)
                if self._details:
                    plan.changes.append((row, outcome))
                continue
            if outcome.by_hand:
                plan.by_hand.append((uid, label))
            if outcome.is_changed:
                name = orjson.dumps(uid).decode()
                payload = f'{{"span_id":{name},"before":{outcome.before},"after":{outcome.after}}}'
                plan.entries.append(("update_span", payload))
                if outcome.only_label:
                    plan.relabelled.append((outcome.label, key))
                else:
                    plan.rewritten.append((outcome.label, outcome.attributes, outcome.note, key))
            if self._details:
                if outcome.is_changed or outcome.by_hand:
                    plan.changes.append((row, outcome))
                extent = (outcome.label, start, end, fragments)
                plan.equal_spans += extent in seen[set_id]
                seen[set_id].add(extent)

    def _outcome(self, label: str, attributes: str, note: str, fragments: str | None) -> Outcome:
        key = (label, attributes, note, fragments is None)
        outcome = self._outcomes.get(key)
        if outcome is None:
            if len(self._outcomes) >= MOST_OUTCOMES:
                self._outcomes.clear()
            outcome = self._outcomes[key] = self._mapped(label, orjson.loads(attributes), note, fragments)
        return outcome

    def _mapped(self, label: str, attributes: dict[str, str], note: str, fragments: str | None) -> Outcome:
        try:
            mapped = self._mapping.map_span(label, attributes, note, 1 if fragments is None else 2)
        except Unmapped as error:
            return Outcome(label, error=error.detail)
        before: dict[str, object] = {}
        after: dict[str, object] = {}
        if mapped.label != label:
            before["label"], after["label"] = label, mapped.label
        if mapped.note != note:
            before["note"], after["note"] = note, mapped.note
        names = sorted(attributes.keys() | mapped.attributes.keys())
        touched = [name for name in names if attributes.get(name) != mapped.attributes.get(name)]
        if touched:
            before["attributes"] = {name: attributes.get(name) for name in touched}
            after["attributes"] = {name: mapped.attributes.get(name) for name in touched}
        return Outcome(
            mapped.label,
            _json(dict(mapped.attributes)),
            mapped.note,
            _json(before) if after else "",
            _json(after) if after else "",
            only_label=after.keys() <= {"label"},
            by_hand=mapped.by_hand,
        )

    def _plan_relations(self, plans: Mapping[int, SetPlan], labels: Mapping[int, str]) -> None:
        arrows: set[tuple[str, int, int]] = set()
        for key, set_id, uid, label, source, target, source_uid, target_uid in _relation_rows(list(plans)):
            plan = plans[set_id]
            try:
                new_label = self._mapping.map_relation(label)
            except Unmapped as error:
                plan.errors.append(error.detail)
                continue
            refused = self._end_error(new_label, labels[source], labels[target])
            if refused:
                plan.errors.append(refused)
            arrow = (new_label, source, target)
            wire = {"id": uid, "label": label, "from": source_uid, "to": target_uid}
            if arrow in arrows:
                plan.joined.append(key)
                plan.entries.append(("remove_relation", _json({"relation": wire})))
            elif new_label != label:
                plan.relations.append((new_label, key))
                plan.entries.append(("remove_relation", _json({"relation": wire})))
                plan.entries.append(("add_relation", _json({"relation": wire | {"label": new_label}})))
            arrows.add(arrow)
            if self._details and new_label != label:
                plan.relation_changes.append((label, new_label))

    def _plan_documents(self, plans: Mapping[int, SetPlan]) -> None:
        if not self._mapping.source.document_attributes:
            return
        answered = AnnotationSet.objects.filter(pk__in=list(plans)).exclude(document_attributes={}).order_by("id")
        for set_id, values in answered.values_list("pk", "document_attributes"):
            plan = plans[set_id]
            try:
                mapped = self._mapping.map_document(values)
            except Unmapped as error:
                plan.errors.append(error.detail)
                plan.answer_errors.append(error.detail)
                continue
            names = sorted(values.keys() | mapped.keys())
            changes = [
                (name, values.get(name), mapped.get(name)) for name in names if values.get(name) != mapped.get(name)
            ]
            if changes:
                before = {name: value for name, value, _after in changes}
                after = {name: value for name, _before, value in changes}
                payload = {"span_id": "", "before": {"attributes": before}, "after": {"attributes": after}}
                plan.entries.append(("update_span", _json(payload)))
                plan.answers, plan.answer_changes = mapped, changes

    def _end_error(self, relation: str, from_label: str, to_label: str) -> str:
        key = (relation, from_label, to_label)
        if key not in self._ends:
            try:
                self._mapping.check_ends(*key)
                self._ends[key] = ""
            except Unmapped as error:
                self._ends[key] = error.detail
        return self._ends[key]


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _span_rows(set_ids: Sequence[int]) -> list[Row]:
    rows = Span.objects.filter(annotation_set_id__in=set_ids).annotate(
        fragments_text=Cast("fragments", TextField()), attributes_text=Cast("attributes", TextField())
    )
    columns = ("id", "annotation_set_id", "uid", "label", "start", "end", "fragments_text", "attributes_text", "note")
    return _fetched(rows.order_by("annotation_set_id", "id").values_list(*columns))


def _relation_rows(set_ids: Sequence[int]) -> list[RelationRow]:
    rows = Relation.objects.filter(annotation_set_id__in=set_ids).order_by("annotation_set_id", "id")
    columns = ("id", "annotation_set_id", "uid", "label", "source_id", "target_id", "source__uid", "target__uid")
    return _fetched(rows.values_list(*columns))


def _fetched(rows: "QuerySet[Any, Any]") -> list[Any]:
    """Return the rows without the layers of a queryset, which cost more than the query."""
    statement, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        fetched: list[Any] = cursor.fetchall()
    return fetched
