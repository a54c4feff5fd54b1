"""The progress of an import, as its job stores it. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self, TypedDict

from annotator.formats.item_counts import ItemCounts


class JobFile(TypedDict):
    """An uploaded file in the parameters of a job; `format` is a key of `FORMATS`, or "archive".

    `chosen` is the format that was chosen for it, "auto" for detection; of an archive, the format of its members.
    """

    name: str
    size: int
    format: str
    chosen: str


@dataclass
class Checkpoint:
    """The progress of an import. `phase` is "check" or "write".

    `prepared` counts the files that need no more conversion; `converted` holds the size of the JSONL made from a file,
    by the index of the file; nothing is imported of the files in `refused`. `added_names` are the unknown names to add
    to the schema, `schema_version` is the version made for them. For a preview, `contents` holds what is in each file
    (`FileContents.counts`), and `unknown` all names that the schema lacks. `by_file` holds `counts` for each file, and
    `items` what was found in it and left out of it (`ItemCounts`). `names` are original names of ids made from them,
    and `repeated` counts lines of the report that differ in names and numbers only.
    """

    file: int = 0
    phase: str = "check"
    line: int = 0
    offset: int = 0
    prepared: int = 0
    converted: dict[str, int] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    added_names: dict[str, Any] = field(default_factory=dict)
    unknown: dict[str, Any] = field(default_factory=dict)
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    schema_version: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    by_file: dict[str, dict[str, int]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, cursor: Mapping[str, Any]) -> Self:
        """Return the progress that a job stored."""
        return cls(**{_FIELDS.get(name, name): value for name, value in cursor.items()})

    def as_json(self) -> dict[str, Any]:
        """Return the progress to store, under the names that jobs begun earlier use."""
        return {_STORED.get(name, name): value for name, value in asdict(self).items()}

    def next_file(self, *, phase: str) -> None:
        """Move to the beginning of the next file."""
        self.file, self.phase, self.line, self.offset = self.file + 1, phase, 0, 0

    def count(self, counts: Counter[str]) -> None:
        """Add to the counts."""
        self.counts = dict(Counter(self.counts) + counts)

    def count_of_file(self, index: int, counts: Counter[str]) -> None:
        """Add to the counts of one file."""
        key = str(index)
        self.by_file[key] = dict(Counter(self.by_file.get(key, {})) + counts)

    def items_of_file(self, index: int) -> ItemCounts:
        """Return what was found in a file, and left out of it so far."""
        return ItemCounts.from_json(self.items.get(str(index), {}))

    def set_items_of_file(self, index: int, items: ItemCounts) -> None:
        """Store what was found in a file and left out of it."""
        self.items[str(index)] = items.as_json()


_STORED = {"added_names": "novelties", "contents": "surveys"}  # wording: name in stored jobs
_FIELDS = {stored: name for name, stored in _STORED.items()}
