"""Requests for splits, the documents to divide, and the resulting plan."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from annotator.problems import FieldError, InvalidInput

USUAL_SHARES: Mapping[str, float] = {"train": 0.8, "validation": 0.1, "test": 0.1}
USUAL_THRESHOLD = 0.7
LEAST_THRESHOLD = 0.5  # Below it, too many pairs are missed; see `near_duplicates`.
LONGEST_SALT = 64
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_ROUNDING = 1e-9


@dataclass(frozen=True)
class SplitRequest:
    """How documents are divided into splits.

    `shares` of the documents by name of the split add up to 1. `together` names metadata fields: documents with the
    same value in one of them stay together. With `near_duplicates`, so do documents whose texts have a resemblance of
    at least `threshold` (Jaccard, of their shingles). A `salt` repeats an earlier division; without one, the salt that
    distributes the labels most evenly is chosen. With `blind_test`, documents that were annotated without suggestions
    are in the split “test” before others; None leaves it to the project.
    """

    shares: Mapping[str, float] = field(default_factory=lambda: dict(USUAL_SHARES))
    together: tuple[str, ...] = ("source", "story")
    near_duplicates: bool = True
    threshold: float = USUAL_THRESHOLD
    salt: str | None = None
    blind_test: bool | None = None

    def __post_init__(self) -> None:
        """Raise `InvalidInput` with an error for each field that is not valid."""
        errors: list[FieldError] = [
            {"pointer": f"/shares/{name}", "detail": f"Use lowercase letters for the name of a split, not {name!r}."}
            for name in self.shares
            if not _NAME.fullmatch(name)
        ]
        if not self.shares or not all(math.isfinite(share) and share > 0 for share in self.shares.values()):
            errors.append({"pointer": "/shares", "detail": "Every split needs a share above 0."})
        elif abs(math.fsum(self.shares.values()) - 1) > _ROUNDING:
            given = math.fsum(self.shares.values())
            errors.append({"pointer": "/shares", "detail": f"The shares must add up to 1, not to {given:g}."})
        if not LEAST_THRESHOLD <= self.threshold <= 1:
            errors.append({"pointer": "/threshold", "detail": f"Give a number from {LEAST_THRESHOLD} to 1."})
        if self.salt is not None and not 0 < len(self.salt) <= LONGEST_SALT:
            errors.append({"pointer": "/salt", "detail": f"Give 1 to {LONGEST_SALT} characters."})
        if errors:
            raise InvalidInput("The splits are not valid.", errors=errors)


@dataclass(frozen=True, slots=True)
class SplitItem:
    """A document: its id, its text, its values in the fields that keep documents together, its spans by label."""

    id: str
    text: str
    together: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that stay together, in order of their ids, and the reasons: "source", "story", "near-duplicate"."""

    members: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class SplitPlan:
    """The split of each document.

    `split_of` is by id of the document; `groups` are those of two or more documents; `counts` are by split, then
    "documents" or label; `moved` has the documents that were in another split of the earlier plan, each with that
    split; `notes` are remarks for the data card, in sentences.
    """

    salt: str
    split_of: Mapping[str, str]
    groups: tuple[Group, ...]
    counts: Mapping[str, Mapping[str, int]]
    moved: Mapping[str, str]
    notes: tuple[str, ...]
    blind: tuple[str, ...] | None = None
    """The documents that were annotated without suggestions, if the request asks for them; else None."""


def values_that_keep_together(meta: Mapping[str, object], fields: Iterable[str]) -> dict[str, str]:
    """Return the values of a document in the fields that keep documents together; only strings and integers count.

    >>> values_that_keep_together({"source": "Gazette", "story": "", "page": 4}, ["source", "story", "page"])
    {'source': 'Gazette', 'page': '4'}
    """
    values = {name: meta.get(name) for name in fields}
    return {name: str(value).strip() for name, value in values.items() if _is_plain(value)}


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(str(value).strip())
