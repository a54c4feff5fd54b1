"""The options of a release; with what is frozen they decide every byte of its archive."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from annotator.datasets.exports.format_registry import FORMATS, JSONL, WRITABLE
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.releases.layouts.layout_1.licences import UNKNOWN
from annotator.datasets.splits.requests import SplitRequest

BESIDE = tuple(key for key in WRITABLE if key != JSONL and not FORMATS[key].needs)
"""Formats that can accompany the complete JSONL. Those that need extra packages cannot: their bytes vary by version."""

CREATORS = ("expert-generated", "crowdsourced", "machine-generated", "other")
"""Who made annotations, as data hubs classify it."""


@dataclass(frozen=True)
class ReleaseOptions:
    """The choices of a release.

    `data` says which sets are released and how they are transformed, `formats` in which formats beside the complete
    JSONL. `like` is the number of an earlier release of the project whose splits are kept. `creators` says who made
    the annotations, in the classes of data hubs; "" states nothing. With `ledger`, the archive has the claim ledger of
    its sets, with `ledger_csv` also as a table, with `ledger_annotations` also as web annotations.
    """

    name: str
    notes: str = ""
    licence: str = UNKNOWN
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    splits: SplitRequest | None = None
    like: int | None = None
    creators: str = ""
    ledger: bool = False
    ledger_csv: bool = False
    ledger_annotations: bool = False
    data: ExportOptions = field(default_factory=ExportOptions)

    def as_json(self) -> dict[str, Any]:
        """Return the options as they are stored."""
        splits = None
        if self.splits is not None:
            # Pairs, because databases do not keep the order of members, and the draw depends on it.
            shares = [[name, share] for name, share in self.splits.shares.items()]
            together = list(self.splits.together)
            splits = asdict(self.splits) | {"shares": shares, "together": together, "like": self.like}
            if not self.splits.blind_test:
                del splits["blind_test"]
        # The complete data are always JSONL.
        data = {name: value for name, value in self.data.as_json().items() if name != "format"}
        return {
            "name": self.name,
            "notes": self.notes,
            "licence": self.licence,
            "languages": list(self.languages),
            "formats": list(self.formats),
            "splits": splits,
            "data": data,
            # Releases that state nothing keep the bytes they had before there was this choice.
            **({"creators": self.creators} if self.creators else {}),
            **({"ledger": True} if self.ledger else {}),
            **({"ledger_csv": True} if self.ledger_csv else {}),
            **({"ledger_annotations": True} if self.ledger_annotations else {}),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ReleaseOptions":
        """Return options that were stored; options that did not exist then have their defaults."""
        given = stored.get("splits")
        splits, like = None, None
        if given is not None:
            like = given.get("like")
            values = {name: value for name, value in given.items() if name != "like"}
            if "shares" in values:
                values["shares"] = dict(values["shares"])
            if "together" in values:
                values["together"] = tuple(values["together"])
            splits = SplitRequest(**values)
        like = stored.get("like", like)
        return cls(
            name=stored["name"],
            notes=stored.get("notes", ""),
            licence=stored.get("licence", UNKNOWN),
            languages=tuple(stored.get("languages", ())),
            formats=tuple(stored.get("formats", ())),
            splits=splits,
            like=like,
            creators=stored.get("creators", ""),
            ledger=stored.get("ledger", False),
            ledger_csv=stored.get("ledger_csv", False),
            ledger_annotations=stored.get("ledger_annotations", False),
            data=ExportOptions.from_json(stored.get("data", {})),
        )
