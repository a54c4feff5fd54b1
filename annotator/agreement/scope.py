"""What a report is to be made from. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

IMPORTED_ADDITION = " (imported)"
METHOD = 3
"""Counts up when documents have to be measured anew because the method has changed."""


@dataclass(frozen=True)
class Scope:
    """Which sets, documents and spans count; an empty part limits nothing.

    `annotators` are names under which sets count. `since` and `until` (that day included, UTC) are about when a set was
    submitted or came in. `batch` is one import, by the moment at which it was started. Without `suggestions`, spans
    that came from rules or models are left out. `blind` hides the names of people wherever the report is shown.
    """

    labels: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()
    documents: tuple[int, ...] = ()
    since: date | None = None
    until: date | None = None
    batch: datetime | None = None
    suggestions: bool = True
    blind: bool = False

    @property
    def limits_nothing(self) -> bool:
        """Whether everything that can be compared is."""
        return Scope(blind=self.blind) == self

    def as_record(self) -> dict[str, Any]:
        """JSON of it; only what limits something."""
        found = {name: value for name, value in asdict(self).items() if value != getattr(Scope(), name)}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Scope":
        """The scope that `as_record` wrote."""
        found = {name.name: record[name.name] for name in fields(cls) if name.name in record}
        for name in ("labels", "annotators", "documents"):
            if name in found:
                found[name] = tuple(found[name])
        for name in ("since", "until"):
            if name in found:
                found[name] = date.fromisoformat(found[name])
        if "batch" in found:
            found["batch"] = datetime.fromisoformat(found["batch"])
        return cls(**found)
