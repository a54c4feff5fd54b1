"""The options of an export."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from annotator.datasets.exports.format_registry import JSONL, ROW_A_SET
from annotator.datasets.transforms.layers import Discontinuous, Nested
from annotator.datasets.transforms.quotation_marks import QuotationMarks
from annotator.datasets.transforms.transformation import TransformOptions

MOST_CONTEXT = 20
MOST_PAIR_SENTENCES = 20


class Sets(StrEnum):
    """Which annotation sets are read."""

    EACH = "each"
    ADJUDICATED = "adjudicated"
    ALL = "all"
    MODELS = "models"


class View(StrEnum):
    """Which annotation sets are exported."""

    EACH = "each"
    ADJUDICATED = "adjudicated"
    CONSENSUS = "consensus"
    ALL = "all"
    MODELS = "models"


class Layout(StrEnum):
    """What one line of JSONL is."""

    DOCUMENT = "document"
    SET = "set"


@dataclass(frozen=True)
class Vocabulary:
    """The names of all versions of a project's schema, against which options are checked.

    `attributes` has each attribute by its name and as `Label.name`; `direct` says whether one has the choice “direct”.
    """

    labels: frozenset[str]
    attributes: frozenset[str]
    direct: bool


@dataclass(frozen=True)
class ExportOptions:
    """The options of an export; with the same data they decide every byte of it.

    For `labels`, `attributes` and `documents` (keys), None means all; an empty tuple of attributes means none. `window`
    is the number of context sentences on each side of a sentence, None exports whole documents. `guideline` applies to
    chat messages, `pair_sentences`, the largest distance of two spans in sentences, to relation pairs,
    `escape_formulas` to tables, `gold_checks` (sets that check annotators, marked and counted apart) to JSONL.
    """

    view: View = View.EACH
    layout: Layout = Layout.DOCUMENT
    pseudonyms: bool = False
    format: str = JSONL
    labels: tuple[str, ...] | None = None
    attributes: tuple[str, ...] | None = None
    notes: bool = True
    quotation_marks: QuotationMarks = QuotationMarks.KEEP
    nested: Nested = Nested.KEEP
    discontinuous: Discontinuous = Discontinuous.KEEP
    window: int | None = None
    negatives: bool = True
    guideline: bool = False
    pair_sentences: int = 1
    documents: tuple[int, ...] | None = None
    escape_formulas: bool = False
    gold_checks: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the options as they are stored; what came later is left out as long as it is not used."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {name: value for name, value in values.items() if name not in _LATER or value not in (None, False)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ExportOptions":
        """Return options that were stored; options that did not exist then have their defaults."""
        values = {name: stored[name] for name in NAMES if name in stored}
        for name, kind in _CHOICES.items():
            if name in values:
                values[name] = kind(values[name])
        for name in ("labels", "attributes", "documents"):
            if values.get(name) is not None:
                values[name] = tuple(values[name])
        return cls(**values)

    @property
    def sets(self) -> Sets:
        """Which sets are read; a consensus is made of the sets of each annotator."""
        return Sets.EACH if self.view is View.CONSENSUS else Sets(self.view)

    @property
    def transforms(self) -> TransformOptions:
        """The transforms that documents go through before they are written."""
        return TransformOptions(
            consensus=self.view is View.CONSENSUS,
            labels=None if self.labels is None else frozenset(self.labels),
            attributes=None if self.attributes is None else frozenset(self.attributes),
            notes=self.notes,
            discontinuous=self.discontinuous,
            quotation_marks=self.quotation_marks,
            nested=self.nested,
            window=self.window,
            negatives=self.negatives,
            whole=self.layout is Layout.DOCUMENT and self.format not in ROW_A_SET,
        )


# Options that the manifests of earlier exports and releases lack; rebuilding these gives the same bytes.
_LATER = frozenset({"documents", "escape_formulas", "gold_checks"})
_CHOICES: Mapping[str, type[StrEnum]] = {
    "view": View,
    "layout": Layout,
    "quotation_marks": QuotationMarks,
    "nested": Nested,
    "discontinuous": Discontinuous,
}
NAMES = tuple(field.name for field in fields(ExportOptions))
