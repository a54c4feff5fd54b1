"""File names for documents and annotators, and identifiers for names that a format cannot write."""

import re
from collections.abc import Iterable

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
        lower = free_name.lower()
        # One string for both, if they are equal: exports have many names.
        self._taken.add(free_name if lower == free_name else lower)
        return free_name


class Identifiers:
    r"""An identifier for each name: the name itself, or one without the characters of `unfit`, and unique.

    `known` are names that are certain to occur; those that need no change keep theirs.

    >>> names = Identifiers(re.compile(r"\s+"), ["First Name", "First_Name", "人名"])
    >>> [names.of(name) for name in ("First Name", "First_Name", "人名")]
    ['First_Name_2', 'First_Name', '人名']
    """

    def __init__(self, unfit: re.Pattern[str], known: Iterable[str] = ()) -> None:
        self._unfit = unfit
        self._given = {name: name for name in known if name and not unfit.search(name)}
        self._taken = set(self._given)

    def of(self, name: str) -> str:
        """Return the identifier; always the same for the same name."""
        given = self._given.get(name)
        if given is not None:
            return given
        wanted = self._unfit.sub("_", name) or "_"
        identifier, number = wanted, 1
        while identifier in self._taken:
            number += 1
            identifier = f"{wanted}_{number}"
        self._given[name] = identifier
        self._taken.add(identifier)
        return identifier

    @property
    def changed(self) -> dict[str, str]:
        """The names that differ from their identifiers, by identifier."""
        return {identifier: name for name, identifier in self._given.items() if identifier != name}
