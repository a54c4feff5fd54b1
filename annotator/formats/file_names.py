"""File names for documents and annotators."""

import re

_UNSAFE = re.compile(r"[^\w.-]+")
LONGEST = 100


class FileNames:
    """A file name for each name, unique and valid on every system.

    >>> names = FileNames()
    >>> [names.of(name) for name in ("a/b", "a:b", "a/b", "..", "con.txt")]
    ['a_b', 'a_b-2', 'a_b', '_', 'con.txt']
    """

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        """Return the file name; always the same for the same name."""
        if name in self._given:
            return self._given[name]
        wanted = _UNSAFE.sub("_", name).strip(".")[:LONGEST] or "_"
        free_name, number = wanted, 1
        # Some systems do not distinguish uppercase and lowercase letters.
        while free_name.lower() in self._taken:
            number += 1
            free_name = f"{wanted}-{number}"
        self._given[name] = free_name
        self._taken.add(free_name.lower())
        return free_name
