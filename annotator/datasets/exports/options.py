"""What an export is asked to hold."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

from annotator.datasets.exports.format_registry import JSONL, ROW_A_SET, WRITABLE
from annotator.datasets.training.registry import CHAT, RELATION_PAIRS, SOFT_LABELS
from annotator.datasets.transforms.layers import Discontinuous, Nested
from annotator.datasets.transforms.quotation_marks import QuotationMarks
from annotator.datasets.transforms.transformation import TransformOptions
from annotator.problems import FieldError, InvalidInput

MOST_CONTEXT = 20
MOST_PAIR_SENTENCES = 20
Choice = TypeVar("Choice", bound=StrEnum)


class Sets(StrEnum):
    """Which annotation sets are read."""

    EACH = "each"
    ADJUDICATED = "adjudicated"
    ALL = "all"


class View(StrEnum):
    """Whose reading of the documents leaves."""

    EACH = "each"
    ADJUDICATED = "adjudicated"
    CONSENSUS = "consensus"
    ALL = "all"


class Layout(StrEnum):
    """What one line of the file is."""

    DOCUMENT = "document"
    SET = "set"


@dataclass(frozen=True)
class Vocabulary:
    """What the versions of a project's schema know, so that a name in the options can be told from a slip of the pen.

    `attributes` holds each by its name and as `Label.name`; `direct` says whether a choice “direct” is among them.
    """

    labels: frozenset[str]
    attributes: frozenset[str]
    direct: bool


@dataclass(frozen=True)
class ExportOptions:
    """The choices of an export; with the same data they decide every byte of it.

    None for `labels` and `attributes` means all, an empty tuple of attributes none; `window` is how many sentences of
    context stand on either side of each sentence, None leaves documents whole. `guideline` is for chat messages,
    `pair_sentences` for pairs of relations: how many sentences apart their ends may lie.
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

    def as_json(self) -> dict[str, Any]:
        """Return the options as they are stored."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @property
    def sets(self) -> Sets:
        """Which sets are read: a consensus is made of those of each annotator."""
        return Sets.EACH if self.view is View.CONSENSUS else Sets(self.view)

    @property
    def transforms(self) -> TransformOptions:
        """What is done to the documents before they are written."""
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


NAMES = tuple(field.name for field in fields(ExportOptions))


def parse_options(
    given: Mapping[str, Any], *, vocabulary: Vocabulary | None = None, beside: Collection[str] = ()
) -> ExportOptions:
    """Check options that come from a form, a command or the API; raise `InvalidInput` naming each that is wrong.

    With a `vocabulary`, labels and attributes must be in it. `beside` names formats that are written as well.
    """
    reader = _Reader(given)
    options = ExportOptions(
        view=reader.choice("view", View, View.EACH),
        layout=reader.choice("layout", Layout, Layout.DOCUMENT),
        pseudonyms=reader.flag("pseudonyms", default=False),
        format=reader.format(),
        labels=reader.names("labels", vocabulary.labels if vocabulary else None),
        attributes=reader.names("attributes", vocabulary.attributes if vocabulary else None, may_be_empty=True),
        notes=reader.flag("notes", default=True),
        quotation_marks=reader.choice("quotation_marks", QuotationMarks, QuotationMarks.KEEP),
        nested=reader.choice("nested", Nested, Nested.KEEP),
        discontinuous=reader.choice("discontinuous", Discontinuous, Discontinuous.KEEP),
        window=reader.whole_number("window", None, most=MOST_CONTEXT),
        negatives=reader.flag("negatives", default=True),
        guideline=reader.flag("guideline", default=False),
        pair_sentences=reader.whole_number("pair_sentences", 1, most=MOST_PAIR_SENTENCES) or 0,
    )
    if vocabulary and not vocabulary.direct and options.quotation_marks is not QuotationMarks.KEEP:
        detail = "No attribute of the schema has the choice “direct”, so no direct claim can be told from others."
        reader.wrong("quotation_marks", detail)
    _check_fit(options, {options.format, *beside}, reader)
    reader.finish()
    return options


def _check_fit(options: ExportOptions, formats: Collection[str], reader: "_Reader") -> None:
    """Complain of choices that no format takes notice of, lest somebody relies on them."""
    if SOFT_LABELS in formats and options.view is not View.EACH:
        reader.wrong("view", "Soft labels are the shares of the annotators: they are made of the sets of each of them.")
    if options.guideline and CHAT not in formats:
        reader.wrong("guideline", f"Only {CHAT} has a place for the guidelines.")
    if options.pair_sentences != 1 and RELATION_PAIRS not in formats:
        reader.wrong("pair_sentences", f"Only {RELATION_PAIRS} makes pairs.")
    if options.window is not None and RELATION_PAIRS in formats:
        reader.wrong("window", "A pair brings the sentences around it along: say how many apart with pair_sentences.")


class _Reader:
    """Takes options out of what was given and collects what is wrong with them."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self._errors: list[FieldError] = []

    def wrong(self, name: str, detail: str) -> None:
        self._errors.append({"pointer": f"/{name}", "detail": detail})

    def finish(self) -> None:
        """Raise when something is wrong, or unknown."""
        for name in self._given:
            if name not in NAMES:
                self.wrong(name, "There is no such option.")
        if self._errors:
            raise InvalidInput("The options of the export are not valid.", errors=self._errors)

    def choice(self, name: str, kind: type[Choice], default: Choice) -> Choice:
        value = self._given.get(name, default)
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        self.wrong(name, f"{value!r} is not one of {', '.join(kind)}.")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._given.get(name, default)
        if isinstance(value, bool):
            return value
        self.wrong(name, "Give true or false.")
        return default

    def whole_number(self, name: str, default: int | None, *, most: int) -> int | None:
        value = self._given.get(name, default)
        if value is None and default is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
            return value
        self.wrong(name, f"Give a whole number from 0 to {most}.")
        return default

    def names(self, name: str, known: frozenset[str] | None, *, may_be_empty: bool = False) -> tuple[str, ...] | None:
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            self.wrong(name, "Give a list of names, or null for all.")
        elif not value and not may_be_empty:
            self.wrong(name, "Name one at least, or give null for all.")
        elif known is not None and (unknown := sorted(set(value) - known)):
            self.wrong(name, f"The schema has no {', '.join(unknown[:10])}; it has {', '.join(sorted(known))}.")
        else:
            return tuple(sorted(set(value)))
        return None

    def format(self) -> str:
        value = self._given.get("format") or JSONL
        if value not in WRITABLE:
            self.wrong("format", f"{value!r} is not one of {', '.join(WRITABLE)}.")
        elif value != JSONL and self._given.get("layout", Layout.DOCUMENT) != Layout.DOCUMENT:
            self.wrong("layout", "Only JSONL has lines of different shape.")
        return str(value)
