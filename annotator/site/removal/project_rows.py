"""All rows that belong to a project, found by following the foreign keys of every table, also of future tables."""

from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, QuerySet

from projects.models import Project

Table = type[Model]


def rows_of_project(project: Project) -> Iterator[QuerySet[Any]]:
    """Yield the rows of each table, referring rows before the rows they refer to; the project itself comes last."""
    for table in _order():
        path = _paths()[table]
        yield table._base_manager.filter(**{path: project.pk}).order_by()  # noqa: SLF001 - public by documentation


@cache
def _paths() -> dict[Table, str]:
    """Return the lookup from each table to its project: the shortest path, preferably over required keys."""
    paths: dict[Table, str] = {Project: "pk"}
    for may_be_empty in (False, True):
        waiting = list(paths)
        while waiting:
            target = waiting.pop(0)
            for table, key in _keys_to(target):
                if table not in paths and (may_be_empty or not key.null):
                    end = "" if target is Project else f"__{paths[target]}"
                    paths[table] = f"{key.name}{end}"
                    waiting.append(table)
    return paths


@cache
def _order() -> list[Table]:
    pointing = {
        table: {other for other in _paths() for _, key in _keys_from(table, other) if other is not table}
        for table in _paths()
    }
    return list(TopologicalSorter(pointing).static_order())[::-1]


def _keys_to(target: Table) -> Iterator[tuple[Table, "ForeignKey[Any, Any]"]]:
    for table in apps.get_models(include_auto_created=True):
        yield from _keys_from(table, target)


def _keys_from(table: Table, target: Table) -> Iterator[tuple[Table, "ForeignKey[Any, Any]"]]:
    for key in table._meta.get_fields():  # noqa: SLF001 - public by documentation
        if isinstance(key, ForeignKey) and key.related_model is target:
            yield table, key
