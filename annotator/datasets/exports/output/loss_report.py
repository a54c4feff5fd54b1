"""The loss report of an export: what its format could not carry, by reason with examples, and beside it every loss.

Where a span comes from (by hand, imported, suggested) is its provenance: a format that does not say so loses nothing of
the annotation. It is stated once, and not counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson

from annotator.formats.loss_reasons import SENTENCES, LossReason

MOST_EXAMPLES = 5
MOST_LISTED = 1_000
"""A report with at most so many losses lists all of them itself."""
PROVENANCE = frozenset({"no_origin", "brat_origin"})
PROVENANCE_SENTENCE = "Whether a span was made by hand, imported or suggested."
Loss = dict[str, str]


class Writable(Protocol):
    """A file, compressed or not."""

    def write(self, data: bytes, /) -> object:
        """Append bytes."""


class LossReportWriter:
    """Counts losses by reason, and writes all of them to `details` in constant memory.

    `details` gets a line of JSON for the items of one annotation set that are lost for one reason, with the members of
    `extra`. `never_carried` says in sentences what the format never has, `sentences` how reasons are worded.
    """

    def __init__(
        self,
        details: Writable,
        *,
        format_name: str,
        never_carried: Sequence[str],
        unit: str,
        extra: Mapping[str, str] | None = None,
        sentences: Mapping[str, str] = SENTENCES,
    ) -> None:
        self.by_what: Counter[str] = Counter()
        self._details = details
        self._format, self._unit = format_name, unit
        self._never_carried = list(never_carried)
        self._extra, self._sentences = dict(extra or {}), sentences
        self._reasons: dict[tuple[str, str], dict[str, Any]] = {}
        self._listed: list[Loss] = []
        self._pending: tuple[tuple[str, str, str, str], list[str]] | None = None
        self._has_provenance = False

    @property
    def count(self) -> int:
        """The number of losses so far."""
        return self.by_what.total()

    def add(self, document: str, annotator: str, item: str, what: str, why: LossReason) -> None:
        """Count and write one loss; see `annotator.formats.outgoing.LossReport`."""
        if why.code in PROVENANCE:
            self._has_provenance = True
            return
        loss = {
            "document": document,
            "annotator": annotator,
            "item": item,
            "what": what,
            "why": why.sentence(self._sentences),
        }
        self.by_what[what] += 1
        self._count_reason(loss, why)
        if len(self._listed) <= MOST_LISTED:
            self._listed.append(loss)
        head = (document, annotator, what, loss["why"])
        if self._pending is None or self._pending[0] != head:
            self._write_pending()
            self._pending = head, []
        self._pending[1].append(item)

    def _count_reason(self, loss: Loss, why: LossReason) -> None:
        key = loss["what"], why.code
        if key not in self._reasons:
            pattern = self._sentences[why.code].format(*["…"] * len(why.values)) if why.values else loss["why"]
            self._reasons[key] = {"what": loss["what"], "reason": why.code, "why": pattern, "count": 0, "examples": []}
        reason = self._reasons[key]
        reason["count"] += 1
        if len(reason["examples"]) < MOST_EXAMPLES:
            reason["examples"].append({name: loss[name] for name in ("document", "annotator", "item", "why")})

    def _write_pending(self) -> None:
        if self._pending is None:
            return
        (document, annotator, what, why), items = self._pending
        line = {**self._extra, "document": document, "annotator": annotator, "what": what, "why": why, "items": items}
        self._details.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        self._pending = None

    def close(self, *, details_name: str) -> dict[str, Any]:
        """Write what is left of the details, and return the report; `details_name` is the name of their file."""
        self._write_pending()
        never_carried = [*self._never_carried, *([PROVENANCE_SENTENCE] if self._has_provenance else [])]
        report = {
            "format": self._format,
            "offsets": {"unit": self._unit},
            "counts": {"all": self.count, "by_what": dict(sorted(self.by_what.items()))},
            "reasons": sorted(self._reasons.values(), key=lambda row: (-row["count"], row["what"], row["reason"])),
            "never_carried": never_carried,
            "details": details_name,
        }
        return report | ({"losses": self._listed} if self.count <= MOST_LISTED else {})
