"""The loss report of an export: what its format could not carry, span by span, and why."""

from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

import orjson


class LossReportWriter:
    """A book of losses that goes to a file line by line, however long it gets; in all it is one JSON object."""

    def __init__(self, file: BinaryIO, *, format_name: str, always: Sequence[str], unit: str) -> None:
        self.count = 0
        self.by_what: Counter[str] = Counter()
        self._file = file
        head = {"format": format_name, "offsets": {"unit": unit}, "never_carried": list(always)}
        self._file.write(orjson.dumps(head)[:-1] + b',"losses":[')

    def add(self, document: str, annotator: str, item: str, what: str, why: str) -> None:
        """Note one loss; see `annotator.formats.outgoing.LossReport`."""
        loss = {"document": document, "annotator": annotator, "item": item, "what": what, "why": why}
        self._file.write((b",\n" if self.count else b"\n") + orjson.dumps(loss))
        self.count += 1
        self.by_what[what] += 1

    def close(self) -> None:
        """Write the end of the object: how many there are, by what was lost."""
        counts = {"all": self.count, "by_what": dict(sorted(self.by_what.items()))}
        self._file.write(b'\n],"counts":' + orjson.dumps(counts) + b"}\n")
