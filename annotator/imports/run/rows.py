"""Rows of imported documents and annotation sets, inserted in bulk within the caller's transaction.

Everything was checked before. Each set begins at revision 1 with a `load` in its change log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple
from uuid import uuid4

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper

from annotator.corpus.documents.models import Document
from annotator.corpus.documents.ordering import shuffle_key
from annotator.corpus.documents.services import keep_originals
from annotator.corpus.spans import exclusions, lifecycle
from annotator.corpus.spans.models import AnnotationSet, Change, Relation, SetKind, Span
from annotator.corpus.spans.services import ADJUDICATED_NAME
from annotator.corpus.suggestions.models import SuggestionRun
from annotator.corpus.suggestions.packing import pack
from annotator.imports.options import Predictions
from annotator.imports.run.checked_lines import CheckedSet
from annotator.imports.run.plan import NewDocument, Plan
from annotator.imports.selectors import next_position
from annotator.platform.bulk_rows import (
    Row,
    Table,
    insert_rows,
    insert_values,
    reserve_keys,
    row_by_row,
    table_of,
)
from projects.models import Project

DOCUMENTS = table_of(
    Document, "id project_id external_id title text sha256 length meta position shuffle_key created_at"
)
SETS = table_of(
    AnnotationSet,
    "id document_id kind annotator_id name revision state schema_version_id guideline_version_id created_at "
    "changed_at submitted_at member_id document_attributes",
)
_SPAN_COLUMNS = "id annotation_set_id uid label start end attributes fragments note origin suggestion"
SPANS = table_of(Span, _SPAN_COLUMNS)
USUAL_SPANS = table_of(Span, _SPAN_COLUMNS, usual=(None, "", "imported", None))
RELATIONS = table_of(Relation, "id annotation_set_id uid label source_id target_id")
CHANGES = table_of(Change, "annotation_set_id revision change_id kind payload author_id created_at")


@dataclass(frozen=True, slots=True)
class Origin:
    """Values that all rows of an import share."""

    project: Project
    schema_version_id: int
    guideline_version_id: int
    author_id: int | None
    now: datetime
    members: Mapping[str, int] = field(default_factory=dict)
    """The keys of the members to whom names of annotators in the files are linked."""


class PlacedSet(NamedTuple):
    """An annotation set with its key and those of its spans, in order."""

    key: int
    checked: CheckedSet
    span_keys: Sequence[int]


def write_plan(plan: Plan, origin: Origin, *, predictions: str = Predictions.SUGGESTIONS) -> None:
    """Insert the documents and sets of a plan; the caller locks the project and commits."""
    if not plan.new and not plan.added:
        return
    with connection.cursor() as cursor:
        _Writer(cursor, origin, predictions).write(plan)
    adjudicated = [key for key, checked in plan.added if checked.name == ADJUDICATED_NAME]
    if adjudicated:
        lifecycle.close_submitted(AnnotationSet.objects.filter(document_id__in=adjudicated))


class _Writer:
    """Makes rows and inserts them table by table, parents first."""

    def __init__(self, cursor: CursorWrapper, origin: Origin, predictions: str) -> None:
        self._cursor = cursor
        self._are_suggestions = predictions == Predictions.SUGGESTIONS
        self._origin = origin
        self._at = connection.ops.adapt_datetimefield_value(origin.now)

    def write(self, plan: Plan) -> None:
        """Insert documents, sets, spans, relations and the first entries of the change logs."""
        sets = [*plan.added]
        if plan.new:
            keys = reserve_keys(self._cursor, DOCUMENTS, len(plan.new))
            insert_rows(self._cursor, DOCUMENTS, self._document_rows(plan.new, keys))
            keep_originals({key: new.document.original for key, new in zip(keys, plan.new, strict=True)})
            sets += [(key, checked) for key, new in zip(keys, plan.new, strict=True) for checked in new.sets]
        suggested = [pair for pair in sets if pair[1].prediction is not None and self._are_suggestions]
        made = [pair for pair in sets if pair[1].prediction is None or not self._are_suggestions]
        if made:
            self._write_sets(made)
        SuggestionRun.objects.bulk_create(self._suggestion_run(*pair) for pair in suggested)

    def _document_rows(self, new: list[NewDocument], keys: Sequence[int]) -> list[Row]:
        project, at = self._origin.project, self._at
        first = next_position(project)
        return [
            (
                key,
                project.pk,
                document.external_id,
                document.title,
                document.text,
                document.sha256,
                len(document.text),
                orjson.dumps(document.meta).decode(),
                first + index,
                shuffle_key(project.seed, document.external_id),
                at,
            )
            for index, (key, document) in enumerate(zip(keys, (item.document for item in new), strict=True))
        ]

    def _suggestion_run(self, document_key: int, checked: CheckedSet) -> SuggestionRun:
        if checked.prediction is None:
            raise ValueError("This set was made by a person.")
        return SuggestionRun(
            document_id=document_key,
            source=checked.prediction.source,
            version=checked.prediction.version,
            score=checked.prediction.score,
            size=checked.numbers["spans"],
            packed=pack(checked.spans, checked.relations, checked.scores),
            schema_version_id=self._origin.schema_version_id,
            created_by_id=self._origin.author_id,
            created_at=self._origin.now,
        )

    def _write_sets(self, sets: list[tuple[int, CheckedSet]]) -> None:
        keys = reserve_keys(self._cursor, SETS, len(sets))
        insert_rows(self._cursor, SETS, [self._set_row(key, *pair) for key, pair in zip(keys, sets, strict=True)])
        span_keys = reserve_keys(self._cursor, SPANS, sum(checked.numbers["spans"] for _, checked in sets))
        placed: list[PlacedSet] = []
        first = 0
        for key, (_, checked) in zip(keys, sets, strict=True):
            end = first + checked.numbers["spans"]
            placed.append(PlacedSet(key, checked, span_keys[first:end]))
            first = end
        self._write_spans(USUAL_SPANS, [own for own in placed if own.checked.is_usual])
        self._write_spans(SPANS, [own for own in placed if not own.checked.is_usual])
        self._write_relations(placed)
        insert_rows(self._cursor, CHANGES, [self._change_row(own.key, own.checked) for own in placed])
        exclusions.refresh_new(self._origin.project.pk, keys)

    def _write_spans(self, table: Table, placed: list[PlacedSet]) -> None:
        keys = list(chain.from_iterable(own.span_keys for own in placed))
        if keys:
            parents = list(chain.from_iterable([own.key] * len(own.span_keys) for own in placed))
            values = list(chain.from_iterable(own.checked.values for own in placed))
            width = len(values) // len(keys)
            columns = [values[number::width] for number in range(width)]
            insert_values(self._cursor, table, row_by_row([keys, parents, *columns]))

    def _write_relations(self, placed: list[PlacedSet]) -> None:
        keys = iter(reserve_keys(self._cursor, RELATIONS, sum(len(own.checked.relations) for own in placed)))
        rows: list[Row] = []
        for own in placed:
            if own.checked.relations:
                by_id = dict(zip(own.checked.span_ids, own.span_keys, strict=True))
                rows += [
                    (next(keys), own.key, relation["id"], relation["label"],
                     by_id[relation["from"]], by_id[relation["to"]])
                    for relation in own.checked.relations
                ]  # fmt: skip
        insert_rows(self._cursor, RELATIONS, rows)

    def _set_row(self, key: int, document_key: int, checked: CheckedSet) -> Row:
        kind = SetKind.ADJUDICATED if checked.name == ADJUDICATED_NAME else SetKind.IMPORTED
        if checked.prediction is not None:
            kind = SetKind.MODEL
        state = lifecycle.STATES_AT_IMPORT[kind]
        versions = (self._origin.schema_version_id, self._origin.guideline_version_id)
        return (
            key,
            document_key,
            kind.value,
            None,
            checked.name,
            1,
            state.value,
            *versions,
            self._at,
            self._at,
            self._at,
            self._origin.members.get(checked.name) if kind == SetKind.IMPORTED else None,
            orjson.dumps(checked.document_attributes).decode(),
        )

    def _change_row(self, key: int, checked: CheckedSet) -> Row:
        return (key, 1, str(uuid4()), "load", checked.payload, self._origin.author_id, self._at)
