"""Undoing a migration in many sets at once: those that nothing has changed since.

What their rows were follows from the entries that the migration wrote, and the old version allowed it. All others are
undone one by one (`services.move_back`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import F, TextField
from django.db.models.functions import Cast

from annotator.corpus.relabelling.models import MigratedSet
from annotator.corpus.spans.models import AnnotationSet, Change, Relation, Span
from annotator.platform.accounts.models import User
from annotator.platform.bulk_rows import insert_rows, table_of
from projects.models import SchemaMigration

CHANGES = table_of(Change, "annotation_set_id revision change_id kind payload author_id created_at")
Entry = tuple[str, Any]


@dataclass(slots=True)
class _Reversal:
    """Rows to write for some sets."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    heads: list[tuple[int, int, int]] = field(default_factory=list)
    spans: dict[tuple[str, ...], list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    """What columns become again, with set and span, by the names of the columns."""
    relations: list[tuple[Any, ...]] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    """What attributes of the document become again, with the set."""


def move_many_back(
    migration: SchemaMigration, moved: Sequence[MigratedSet], *, prefix: str, by: User | None, now: datetime
) -> set[int]:
    """Undo a migration in those sets that nothing has changed since; return their rows of `MigratedSet`.

    The caller opens the transaction. Sets in which relations were joined are left to be undone one by one.
    """
    rows = {row.annotation_set_id: row for row in moved}
    heads = AnnotationSet.objects.select_for_update().filter(pk__in=list(rows), schema_version=migration.target_id)
    unchanged = [
        key for key, revision in heads.order_by("id").values_list("pk", "revision")
        if revision == rows[key].revision_after
    ]  # fmt: skip
    logs = _logs(migration, unchanged)
    reversal, undone = _Reversal(), set()
    author, at = by.pk if by else None, connection.ops.adapt_datetimefield_value(now)
    for key in unchanged:
        entries = logs.get(key, [])
        if _joins_relations(entries):
            continue
        revision, inverse = rows[key].revision_after, _inverted(entries, key, reversal)
        reversal.entries += [
            (key, number, f"{prefix}undo-{number}", kind, payload, author, at)
            for number, (kind, payload) in enumerate(inverse, start=revision + 1)
        ]
        reversal.heads.append((revision + len(inverse), migration.source_id, key))
        undone.add(rows[key].pk)
    _write(reversal)
    MigratedSet.objects.filter(pk__in=undone).update(is_undone=True)
    return undone


def _logs(migration: SchemaMigration, set_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """Return the entries that a migration wrote into the logs of sets, by set, in order."""
    moved = "annotation_set__migrations"
    entries = Change.objects.filter(
        **{f"{moved}__migration": migration.pk},
        annotation_set__in=set_ids,
        revision__gt=F(f"{moved}__revision_before"),
        revision__lte=F(f"{moved}__revision_after"),
    ).annotate(text=Cast("payload", TextField()))
    logs: dict[int, list[Entry]] = defaultdict(list)
    columns = ("annotation_set_id", "kind", "text")
    for set_id, kind, text in entries.order_by("annotation_set_id", "revision").values_list(*columns):
        logs[set_id].append((kind, orjson.loads(text)))
    return logs


def _joins_relations(entries: Iterable[Entry]) -> bool:
    """Return whether a relation was removed for good, so that its row has to be written again."""
    removed = {payload["relation"]["id"] for kind, payload in entries if kind == "remove_relation"}
    added = {payload["relation"]["id"] for kind, payload in entries if kind == "add_relation"}
    return removed != added


def _inverted(entries: Sequence[Entry], set_id: int, reversal: _Reversal) -> list[tuple[str, str]]:
    """Return the entries that revert entries, in order, and note what rows become."""
    inverse = []
    for kind, payload in reversed(entries):
        if kind == "update_span":
            uid, before, after = payload["span_id"], payload["before"], payload["after"]
            inverse.append((kind, _json({"span_id": uid, "before": after, "after": before})))
            if not uid:
                reversal.answers.append((_json(before["attributes"]), set_id))
                continue
            values = [_json(value) if name == "attributes" else value for name, value in before.items()]
            reversal.spans[tuple(before)].append((*values, set_id, uid))
        elif kind == "remove_relation":
            reversal.relations.append((payload["relation"]["label"], set_id, payload["relation"]["id"]))
            inverse.append(("add_relation", _json(payload)))
        else:
            inverse.append(("remove_relation", _json(payload)))
    return inverse


def _write(reversal: _Reversal) -> None:
    with connection.cursor() as cursor:
        for columns, rows in reversal.spans.items():
            _update(cursor, Span, columns, rows)
        _update(cursor, Relation, ["label"], reversal.relations)
        if reversal.answers:
            table = connection.ops.quote_name(AnnotationSet._meta.db_table)  # noqa: SLF001 - public by documentation
            cursor.executemany(
                f"UPDATE {table} SET document_attributes = {_merged('document_attributes')} WHERE id = %s",  # noqa: S608
                reversal.answers,
            )
        insert_rows(cursor, CHANGES, reversal.entries)
        if reversal.heads:
            table = connection.ops.quote_name(AnnotationSet._meta.db_table)  # noqa: SLF001 - public by documentation
            cursor.executemany(
                f"UPDATE {table} SET revision = %s, schema_version_id = %s WHERE id = %s",  # noqa: S608 - a name of ours
                reversal.heads,
            )


def _update(
    cursor: Any, model: type[Span] | type[Relation], columns: Iterable[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Set columns of spans or relations, given by set and id."""
    if rows:
        table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - public by documentation
        values = ", ".join(f"{column} = {_value(column)}" for column in columns)
        statement = f"UPDATE {table} SET {values} WHERE annotation_set_id = %s AND uid = %s"  # noqa: S608
        cursor.executemany(statement, rows)


def _value(column: str) -> str:
    """Return what a column is set to: some attributes to what they were."""
    return _merged(column) if column == "attributes" else "%s"


def _merged(column: str) -> str:
    """Return an object with some of its members replaced, without those that become null."""
    if connection.vendor == "postgresql":
        return f"jsonb_strip_nulls({column} || %s::jsonb)"
    return f"json_patch({column}, %s)"


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
