"""All rows that belong to documents, found by following the foreign keys of every table, also of future tables.

A row belongs to a document unless its key to it is emptied when the document goes (`SET_NULL`).
"""

from collections.abc import Collection, Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db.models import SET_NULL, ForeignKey, Model, QuerySet

from annotator.corpus.documents.models import Document

Table = type[Model]
Key = ForeignKey[Model, Model]


def rows_of_documents(keys: Collection[int]) -> Iterator[QuerySet[Any]]:
    """Yield the rows that belong to documents, referring rows before the rows they refer to; documents come last.

    A table with several keys comes once for each, so that an index answers each query.
    """
    for table in _order():
        if table is Document:
            yield _all(Document).filter(pk__in=keys)
        for key in tables_of_documents()[table]:
            yield _all(table).filter(**{f"{key.name}__in": _parents(key, keys)})


def count_rows(table: Table, keys: Collection[int]) -> int:
    """Return how many rows of a table belong to documents, by its first key."""
    return _rows(table, keys).count()


@cache
def tables_of_documents() -> dict[Table, list[Key]]:
    """Return the tables whose rows belong to documents, each with the keys that say to which."""
    tables: dict[Table, list[Key]] = {Document: []}
    waiting: list[Table] = [Document]
    while waiting:
        target = waiting.pop(0)
        for table in apps.get_models(include_auto_created=True):
            for key in _keys(table, target):
                if table not in tables:
                    tables[table] = []
                    waiting.append(table)
                if table is not target and key not in tables[table]:
                    tables[table].append(key)
    # Keys that are always there first: those say of each row to which document it belongs.
    return {table: sorted(keys, key=lambda key: key.null) for table, keys in tables.items()}


@cache
def _order() -> list[Table]:
    pointing = {table: {key.related_model for key in keys} for table, keys in tables_of_documents().items()}
    return list(TopologicalSorter(pointing).static_order())[::-1]


def _rows(table: Table, keys: Collection[int]) -> QuerySet[Any]:
    if table is Document:
        return _all(Document).filter(pk__in=keys)
    key = tables_of_documents()[table][0]
    return _all(table).filter(**{f"{key.name}__in": _parents(key, keys)})


def _parents(key: Key, keys: Collection[int]) -> Any:
    return list(keys) if key.related_model is Document else _rows(key.related_model, keys).values("pk")


def _all(table: Table) -> QuerySet[Any]:
    return table._base_manager.order_by()  # noqa: SLF001 - public by documentation


def _keys(table: Table, target: Table) -> Iterator[Key]:
    for key in table._meta.get_fields():  # noqa: SLF001 - public by documentation
        if isinstance(key, ForeignKey) and key.related_model is target and key.remote_field.on_delete is not SET_NULL:
            yield key
