"""Functions of packages above that plan documents before those of the queue.

They are named by their paths and imported when they are needed: a command should not import the whole site to start.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.module_loading import import_string

_paths: list[str] = []


def plan_with(path: str) -> None:
    """Ask the function at this path for planned documents; see `queue.Planner`."""
    if path not in _paths:
        _paths.append(path)


def planners() -> Iterator[Callable[..., Any]]:
    """Yield the functions in the order in which they were registered."""
    for path in _paths:
        yield import_string(path)
