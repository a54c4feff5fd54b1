"""Reading an object of JSON field by field: collects everything that is wrong, and fills in what was left out. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.problems import FieldError

DEEPEST = 20
LARGEST_NUMBER = 2**53
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object somewhere in a document. Fields that are left out are written back into `fields` with their default.

    `pointer` is the JSON pointer to it, `errors` the list that every object of the document shares.
    """

    fields: dict[str, Any]
    pointer: str
    errors: list[FieldError]

    def complain(self, key: str, detail: str) -> None:
        """Note what is wrong with a field."""
        self.errors.append({"pointer": f"{self.pointer}/{key}" if key else self.pointer, "detail": detail})

    def text(self, key: str, default: str = "", *, longest: int = 2000) -> str:
        """Return a string."""
        value = self.fields.setdefault(key, default)
        if not isinstance(value, str):
            self.complain(key, "This must be a string.")
            return default
        if len(value) > longest:
            self.complain(key, f"This holds {len(value):,} characters; at most {longest:,} are allowed.")
        return value

    def one_of(self, key: str, default: str, allowed: Sequence[str]) -> str:
        """Return a string out of a closed list."""
        value = self.text(key, default)
        if value not in allowed:
            self.complain(key, f"This must be one of: {', '.join(allowed)}.")
            return default
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.fields.setdefault(key, default)
        if not isinstance(value, bool):
            self.complain(key, "This must be true or false.")
            return default
        return value

    def whole_number(self, key: str, *, lowest: int) -> int | None:
        """Return a whole number, or None when it is left out or null."""
        value = self.fields.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < lowest):
            self.complain(key, f"This must be a whole number from {lowest} on.")
            return None
        return value

    def texts(self, key: str, default: Sequence[str] = (), *, longest: int = 200) -> tuple[str, ...]:
        """Return a list of strings."""
        value = self.fields.setdefault(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.complain(key, "This must be a list of strings.")
            return tuple(default)
        if len(value) > longest:
            self.complain(key, f"This lists {len(value):,}; at most {longest} are allowed.")
        return tuple(value[:longest])

    def object(self, key: str) -> "JsonObject":
        """Return an object inside this one; an empty one when it is left out."""
        value = self.fields.setdefault(key, {})
        if not isinstance(value, dict):
            self.complain(key, "This must be an object.")
            value = {}
        return JsonObject(value, f"{self.pointer}/{key}", self.errors)

    def objects(self, key: str, *, longest: int) -> Iterator["JsonObject"]:
        """Yield the objects of a list."""
        value = self.fields.setdefault(key, [])
        if not isinstance(value, list):
            self.complain(key, "This must be a list.")
            return
        if len(value) > longest:
            self.complain(key, f"This lists {len(value):,}; at most {longest} are allowed.")
        for index, item in enumerate(value[:longest]):
            if isinstance(item, dict):
                yield JsonObject(item, f"{self.pointer}/{key}/{index}", self.errors)
            else:
                self.complain(f"{key}/{index}", "This must be an object.")


def unstorable(value: object, pointer: str = "", depth: int = 0) -> Iterator[FieldError]:
    """Yield what no database or no other program could keep: NUL, lone surrogates, NaN, huge numbers, deep nesting."""
    if depth > DEEPEST:
        yield {"pointer": pointer, "detail": f"This is nested more than {DEEPEST} deep."}
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from unstorable(str(key), pointer, depth + 1)
            yield from unstorable(item, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}", depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unstorable(item, f"{pointer}/{index}", depth + 1)
    elif isinstance(value, str) and UNSTORABLE.search(value):
        yield {"pointer": pointer, "detail": "This holds a NUL or half a surrogate pair, which cannot be stored."}
    elif isinstance(value, int | float) and not abs(value) <= LARGEST_NUMBER:
        yield {"pointer": pointer, "detail": "This is not a number that every program can keep."}
