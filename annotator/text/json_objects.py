"""JSON objects read field by field: all errors are collected, and missing fields get their defaults. Pure.

For files that keep members they do not know, such as schemas. Input of the API is read by serializers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.problems import FieldError, pointer_part

DEEPEST = 20
LARGEST_NUMBER = 2**53
UNSTORABLE_TEXT = "This contains a NUL character or half a surrogate pair, which cannot be stored."
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object in a JSON document. The default of a missing field is written into `fields`.

    `pointer` is its JSON pointer; `errors` is one list for all objects of the document.
    """

    fields: dict[str, Any]
    pointer: str
    errors: list[FieldError]

    def add_error(self, key: str, detail: str) -> None:
        """Record an error of a field; "" stands for the object itself."""
        self.errors.append({"pointer": f"{self.pointer}/{key}" if key else self.pointer, "detail": detail})

    def string(self, key: str, default: str = "", *, longest: int = 2000) -> str:
        """Return a string."""
        value = self.fields.setdefault(key, default)
        if not isinstance(value, str):
            self.add_error(key, "This must be a string.")
            return default
        if len(value) > longest:
            self.add_error(key, f"This has {len(value):,} characters; the limit is {longest:,}.")
        return value

    def choice(self, key: str, default: str, allowed: Sequence[str]) -> str:
        """Return a string from a closed list."""
        value = self.string(key, default)
        if value not in allowed:
            self.add_error(key, f"This must be one of: {', '.join(allowed)}.")
            return default
        return value

    def boolean(self, key: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        value = self.fields.setdefault(key, default)
        if not isinstance(value, bool):
            self.add_error(key, "This must be true or false.")
            return default
        return value

    def integer(self, key: str, *, lowest: int) -> int | None:
        """Return a whole number; None when it is missing or null."""
        value = self.fields.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < lowest):
            self.add_error(key, f"This must be a whole number, {lowest} or more.")
            return None
        return value

    def strings(self, key: str, default: Sequence[str] = (), *, longest: int = 200) -> tuple[str, ...]:
        """Return a list of strings."""
        value = self.fields.setdefault(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.add_error(key, "This must be a list of strings.")
            return tuple(default)
        if len(value) > longest:
            self.add_error(key, f"This list has {len(value):,} items; the limit is {longest}.")
        return tuple(value[:longest])

    def object(self, key: str) -> "JsonObject":
        """Return an object inside this one; an empty object when it is missing."""
        value = self.fields.setdefault(key, {})
        if not isinstance(value, dict):
            self.add_error(key, "This must be an object.")
            value = {}
        return JsonObject(value, f"{self.pointer}/{key}", self.errors)

    def objects(self, key: str, *, longest: int) -> Iterator["JsonObject"]:
        """Yield the objects of a list."""
        value = self.fields.setdefault(key, [])
        if not isinstance(value, list):
            self.add_error(key, "This must be a list.")
            return
        if len(value) > longest:
            self.add_error(key, f"This list has {len(value):,} items; the limit is {longest}.")
        for index, item in enumerate(value[:longest]):
            if isinstance(item, dict):
                yield JsonObject(item, f"{self.pointer}/{key}/{index}", self.errors)
            else:
                self.add_error(f"{key}/{index}", "This must be an object.")


def storage_errors(value: object, pointer: str = "", depth: int = 0) -> Iterator[FieldError]:
    """Yield an error for each value that cannot be stored: NUL, lone surrogates, NaN, huge numbers, deep nesting."""
    if depth > DEEPEST:
        yield {"pointer": pointer, "detail": f"This is nested more than {DEEPEST} levels deep."}
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from storage_errors(str(key), pointer, depth + 1)
            yield from storage_errors(item, f"{pointer}/{pointer_part(str(key))}", depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from storage_errors(item, f"{pointer}/{index}", depth + 1)
    elif isinstance(value, str) and UNSTORABLE.search(value):
        yield {
            "pointer": pointer,
            "detail": UNSTORABLE_TEXT,
        }
    elif isinstance(value, int | float) and not abs(value) <= LARGEST_NUMBER:
        yield {"pointer": pointer, "detail": "This number is too large."}
