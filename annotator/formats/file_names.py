"""Names of files for documents and annotators, whatever these are called."""

import re

_UNSAFE = re.compile(r"[^\w.-]+")
LONGEST = 100


class FileNames:
    """Gives each name one of its own that is fit for a file on any system.

    >>> names = FileNames()
    >>> [names.of(name) for name in ("a/b", "a:b", "a/b", "..", "con.txt")]
    ['a_b', 'a_b-2', 'a_b', '_', 'con.txt']
    """

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        """Return the name of the file; the same for the same name."""
        if name in self._given:
            return self._given[name]
        wanted = _UNSAFE.sub("_", name).strip(".")[:LONGEST] or "_"
        found, number = wanted, 1
        # Some systems do not tell capitals from small letters.
        while found.lower() in self._taken:
            number += 1
            found = f"{wanted}-{number}"
        self._given[name] = found
        self._taken.add(found.lower())
        return found
