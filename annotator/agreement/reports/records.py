"""Frozen dataclasses as JSON and back, driven by their type hints. Pure.

A tuple of dataclasses is a list, a named tuple a list of its values. A field may have another `name` in JSON; an
`optional` one is left out when it is None, as in reports that were stored before it existed.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import Field, fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

NAME = "name"
OPTIONAL = {"optional": True}
"""Metadata of a field that stored JSON may lack."""
Shape = TypeVar("Shape")


def is_optional(part: Field[Any]) -> bool:
    """Return whether stored JSON may lack a field."""
    return bool(part.metadata.get("optional"))


def to_record(value: Any) -> Any:
    """Return a value as JSON."""
    if isinstance(value, tuple):
        return [to_record(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    if not is_dataclass(value):
        return value
    record = {}
    for part in fields(value):
        content = getattr(value, part.name)
        if content is not None or not is_optional(part):
            record[part.metadata.get(NAME, part.name)] = to_record(content)
    return record


def from_record(shape: type[Shape], record: Mapping[str, Any]) -> Shape:
    """Return an instance of a dataclass, ignoring other keys; KeyError when a field that is not optional is missing."""
    values = {}
    for name, key, may_lack, read in _readers(cast("Hashable", shape)):
        if not may_lack or record.get(key) is not None:
            values[name] = read(record[key])
    return shape(**values)


@cache
def _readers(shape: Any) -> list[tuple[str, str, bool, Callable[[Any], Any]]]:
    hints = get_type_hints(shape)
    return [
        (part.name, part.metadata.get(NAME, part.name), is_optional(part), _reader(hints[part.name]))
        for part in fields(shape)
    ]


def _reader(hint: Any) -> Callable[[Any], Any]:
    if get_origin(hint) is UnionType:
        read = _reader(next(part for part in get_args(hint) if part is not NoneType))
        return lambda value: None if value is None else read(value)
    if get_origin(hint) is tuple:
        read_item = _reader(get_args(hint)[0])
        return lambda values: tuple(map(read_item, values))
    if is_dataclass(hint):
        return partial(from_record, cast("type[Any]", hint))
    if isinstance(hint, type) and issubclass(hint, tuple):
        return lambda values: hint(*values)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return lambda value: value
