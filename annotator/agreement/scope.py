"""The scope of a report: which sets, documents and spans count. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

IMPORTED_ADDITION = " (imported)"
METHOD = 5
"""Counts up when the method changes, so that documents are measured again. Since 4 locations are counted, since 5 sets
of labels on characters."""


@dataclass(frozen=True)
class Scope:
    """Which sets, documents and spans count; an empty field includes everything.

    `annotators` are names under which sets count. `since` and `until` (including that day, UTC) refer to when a set was
    submitted or imported. `batch` is one import by the time of its start. Without `suggestions`, spans suggested by
    rules or models are left out. `blind` hides the names of annotators wherever the report is shown. `tokens` is
    the rule by which texts are cut into tokens, one of `annotator.text.tokens.TOKEN_RULES`.
    """

    labels: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()
    documents: tuple[int, ...] = ()
    since: date | None = None
    until: date | None = None
    batch: datetime | None = None
    suggestions: bool = True
    blind: bool = False
    tokens: str = "product"

    @property
    def limits_nothing(self) -> bool:
        """Whether everything that can be compared is included."""
        return Scope(blind=self.blind, tokens=self.tokens) == self

    def as_record(self) -> dict[str, Any]:
        """Return it as JSON, without empty fields."""
        limits = {name: value for name, value in asdict(self).items() if value != getattr(Scope(), name)}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in limits.items()}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Scope":
        """Return the scope that `as_record` wrote."""
        values = {field.name: record[field.name] for field in fields(cls) if field.name in record}
        for name in ("labels", "annotators", "documents"):
            if name in values:
                values[name] = tuple(values[name])
        for name in ("since", "until"):
            if name in values:
                values[name] = date.fromisoformat(values[name])
        if "batch" in values:
            values["batch"] = datetime.fromisoformat(values["batch"])
        return cls(**values)
