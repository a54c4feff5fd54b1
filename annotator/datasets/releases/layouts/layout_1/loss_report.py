"""The loss report of an export: what its format could not carry, span by span, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import orjson

from annotator.formats.loss_reasons import SENTENCES, LossReason


class LossReportWriter:
    """Writes losses to a file one by one, in constant memory; the file is one JSON object.

    `never_carried` says in sentences what the format never has, `sentences` how reasons are worded.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        format_name: str,
        never_carried: Sequence[str],
        unit: str,
        sentences: Mapping[str, str] = SENTENCES,
    ) -> None:
        self.count = 0
        self.by_what: Counter[str] = Counter()
        self._file = file
        self._sentences = sentences
        head = {"format": format_name, "offsets": {"unit": unit}, "never_carried": list(never_carried)}
        self._file.write(orjson.dumps(head)[:-1] + b',"losses":[')

    def add(self, document: str, annotator: str, item: str, what: str, why: LossReason) -> None:
        """Write one loss; see `annotator.formats.outgoing.LossReport`."""
        sentence = why.sentence(self._sentences)
        loss = {"document": document, "annotator": annotator, "item": item, "what": what, "why": sentence}
        self._file.write((b",\n" if self.count else b"\n") + orjson.dumps(loss))
        self.count += 1
        self.by_what[what] += 1

    def close(self) -> None:
        """Write the end of the object: the number of losses, by what was lost."""
        counts = {"all": self.count, "by_what": dict(sorted(self.by_what.items()))}
        self._file.write(b'\n],"counts":' + orjson.dumps(counts) + b"}\n")
