"""How far an import has come. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypedDict


class StoredName(TypedDict):
    """An uploaded file as the parameters of a job tell it; `format` is a key of `FORMATS`, or "archive".

    `chosen` is what somebody said of this file, "auto" when nothing was said; of an archive, what its files are.
    """

    name: str
    size: int
    format: str
    chosen: str


@dataclass
class Position:
    """The checkpoint of an import. `phase` is "check" or "write".

    `prepared` counts the files that need no more conversion; `converted` holds the size of the JSONL made of a file, by
    its index; `refused` are the files of which nothing is taken; `schema_version` is the one made for new names, of
    which `novelties` are those to be added. Of a preview, `surveys` tells by index what is in a file (`Survey.found`),
    and `unknown` all names that the schema lacks. `by_file` holds for each file what `counts` holds for all.
    """

    file: int = 0
    phase: str = "check"
    line: int = 0
    offset: int = 0
    prepared: int = 0
    converted: dict[str, int] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    novelties: dict[str, Any] = field(default_factory=dict)
    unknown: dict[str, Any] = field(default_factory=dict)
    surveys: dict[str, dict[str, Any]] = field(default_factory=dict)
    schema_version: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    by_file: dict[str, dict[str, int]] = field(default_factory=dict)

    def next_file(self, *, phase: str) -> None:
        """Go to the beginning of the next file."""
        self.file, self.phase, self.line, self.offset = self.file + 1, phase, 0, 0

    def count(self, counts: Counter[str]) -> None:
        """Add to the counts."""
        self.counts = dict(Counter(self.counts) + counts)

    def count_of_file(self, index: int, counts: Counter[str]) -> None:
        """Add to the counts of one file."""
        key = str(index)
        self.by_file[key] = dict(Counter(self.by_file.get(key, {})) + counts)
