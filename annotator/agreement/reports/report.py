"""The agreement report: one type from which JSON, API description, CSV, console output and pages follow.

A field is part of all of them. The figures of a label are declared with everything that computes and explains them
(`LabelFigureDeclaration`), so that the next one is a line here, its measure, its page of documentation and its test.
Everything is pooled: over documents, and over pairs of annotators where a figure is not given for each pair.

Stored reports of earlier versions lack the optional fields; `Report.version` says which they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotator.agreement.counting.statistics import CODE_POINTS, F1_COLUMNS, TOKENS
from annotator.agreement.counting.tallies import Counts
from annotator.agreement.reports.records import OPTIONAL, from_record, to_record
from annotator.measures import bootstrap
from annotator.measures.figures import Figure, Undefined
from annotator.measures.krippendorff import Coincidences
from annotator.measures.units import FloatArray

FIGURE = "figure"
FIRST_VERSION = 1


@dataclass(frozen=True)
class ReportFigure:
    """A number, or null with the reason why it is not defined; a 95 % interval where the data suffice."""

    value: float | None
    undefined: Undefined | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, figure: Figure, interval: bootstrap.Interval | None = None) -> "ReportFigure":
        """Return a measured figure with its interval."""
        low, high = interval or (None, None)
        return cls(figure.value if figure.is_defined else None, figure.undefined, low, high)


class LabelSums(NamedTuple):
    """What the figures of a label are computed from, pooled over documents and pairs."""

    spans: int
    counts: Counts
    tokens: Coincidences
    code_points: Coincidences


@dataclass(frozen=True)
class LabelFigureDeclaration:
    """How a figure of a label is computed, and how it is headed and explained.

    `value` takes the sums; `resampled` with `columns` of the statistics gives its interval. `position` is the place of
    its column in tables, `anchor` that of its explanation on the page of definitions.
    """

    position: int
    anchor: str
    heading: Promise
    console_heading: str
    explanation: Promise
    value: Callable[[LabelSums], Figure]
    resampled: Callable[[FloatArray], FloatArray]
    columns: Sequence[int]


def _alpha(coincidences: Coincidences, spans: int) -> Figure:
    return coincidences.alpha if spans else Figure.without_value(Undefined.NO_SPANS)


EXACT_F1 = LabelFigureDeclaration(
    position=2,
    anchor="exact",
    heading=_("Same boundaries (exact F1)"),
    console_heading="exact F1",
    explanation=_(
        "As above, but two spans are paired only when they have the same label and cover the same characters, "
        "fragment by fragment."
    ),
    value=lambda sums: sums.counts.exact_f1,
    resampled=bootstrap.f1,
    columns=F1_COLUMNS["exact"],
)
OVERLAP_F1 = LabelFigureDeclaration(
    position=1,
    anchor="overlap",
    heading=_("Overlapping (overlap F1)"),
    console_heading="overlap F1",
    explanation=_(
        "The share of the spans of two annotators that have a partner in the other set: a span with the same label "
        "that shares at least one character. Spans are paired one to one, the largest overlap first. The figure is "
        "twice the number of pairs, divided by the spans of both annotators: 1 when every span has a partner, 0 "
        "when none has. It is not corrected for chance."
    ),
    value=lambda sums: sums.counts.overlap_f1,
    resampled=bootstrap.f1,
    columns=F1_COLUMNS["overlap"],
)
ALPHA_TOKENS = LabelFigureDeclaration(
    position=3,
    anchor="alpha-tokens",
    heading=_("Alpha over tokens"),
    console_heading="alpha over tokens",
    explanation=_(
        "Krippendorff’s alpha corrects for agreement by chance. For one label, each token (a word, a number, a "
        "punctuation mark) is a question: does this label cover it? A span covers a token when the two share at "
        "least one character. 1 is perfect agreement, 0 is chance, below 0 is worse than chance. Krippendorff’s "
        "rule: rely on 0.80 and above; draw tentative conclusions from 0.67."
    ),
    value=lambda sums: _alpha(sums.tokens, sums.spans),
    resampled=bootstrap.alpha,
    columns=TOKENS,
)
ALPHA_CODE_POINTS = LabelFigureDeclaration(
    position=4,
    anchor="alpha-code-points",
    heading=_("Alpha over characters"),
    console_heading="alpha over characters",
    explanation=_(
        "The same for one label, with every character (Unicode code point) as a question: a boundary counts by how "
        "many characters it is off."
    ),
    value=lambda sums: _alpha(sums.code_points, sums.spans),
    resampled=bootstrap.alpha,
    columns=CODE_POINTS,
)


@dataclass(frozen=True)
class LabelFigures:
    """A label, all pairs of annotators pooled."""

    label: str
    spans: int
    share_of_text: float
    exact_f1: ReportFigure = field(metadata={FIGURE: EXACT_F1})
    overlap_f1: ReportFigure = field(metadata={FIGURE: OVERLAP_F1})
    alpha_tokens: ReportFigure = field(metadata={FIGURE: ALPHA_TOKENS})
    alpha_code_points: ReportFigure = field(metadata={FIGURE: ALPHA_CODE_POINTS})


LABEL_FIGURES: Mapping[str, LabelFigureDeclaration] = dict(
    sorted(
        ((part.name, part.metadata[FIGURE]) for part in fields(LabelFigures) if FIGURE in part.metadata),
        key=lambda named: named[1].position,
    )
)
"""The declared figures of a label by name, in the order of their columns."""


@dataclass(frozen=True)
class AnnotatorDocuments:
    """An annotator whose sets were compared."""

    name: str
    documents: int


@dataclass(frozen=True)
class OverallFigures:
    """All labels together."""

    spans: int
    exact_f1: ReportFigure
    overlap_f1: ReportFigure
    unlabelled_f1: ReportFigure
    alpha_tokens: ReportFigure


@dataclass(frozen=True)
class CountFigures:
    """What two annotators have, and how much of it matches."""

    first_count: int
    second_count: int
    exact_f1: ReportFigure
    overlap_f1: ReportFigure

    @classmethod
    def of(cls, counts: Counts) -> "CountFigures":
        """Return counts with their figures."""
        return cls(counts.first, counts.second, ReportFigure.of(counts.exact_f1), ReportFigure.of(counts.overlap_f1))


@dataclass(frozen=True)
class LabelCounts:
    """What two annotators have of one label, and how much of it matches."""

    label: str
    first_count: int
    second_count: int
    exact_f1: ReportFigure
    overlap_f1: ReportFigure

    @classmethod
    def of(cls, label: str, counts: Counts) -> "LabelCounts":
        """Return the counts of a label with their figures."""
        return cls(label, **vars(CountFigures.of(counts)))


@dataclass(frozen=True)
class RelationFigures:
    """A relation: all of them, and `shared`, those between spans that both annotators have."""

    label: str
    first_count: int
    second_count: int
    exact_f1: ReportFigure
    overlap_f1: ReportFigure
    shared_exact_f1: ReportFigure | None = field(default=None, metadata=OPTIONAL)
    shared_overlap_f1: ReportFigure | None = field(default=None, metadata=OPTIONAL)


class AlignedLabels(NamedTuple):
    """How often a span with one label was aligned with a span of the other; "" for no span."""

    label: str
    other: str
    number: int


@dataclass(frozen=True)
class PairFigures:
    """Two annotators, over the documents that both finished."""

    first: str
    second: str
    documents: int
    overall: CountFigures
    unlabelled_f1: ReportFigure
    labels: tuple[LabelCounts, ...]
    confusion: tuple[AlignedLabels, ...] | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True)
class AnnotatorFigures:
    """One annotator against all others."""

    name: str
    documents: int
    overall: CountFigures
    labels: tuple[LabelCounts, ...]


@dataclass(frozen=True)
class Coefficients:
    """Coefficients over tokens."""

    cohen: ReportFigure
    fleiss: ReportFigure
    ac1: ReportFigure


@dataclass(frozen=True)
class LabelCoefficients:
    """Coefficients over tokens for one label."""

    label: str
    cohen: ReportFigure
    fleiss: ReportFigure
    ac1: ReportFigure


@dataclass(frozen=True)
class TokenFigures:
    """Coefficients that reviewers ask for, over all tokens that were compared."""

    items: int
    labels: tuple[LabelCoefficients, ...]
    overall: Coefficients


class DisagreementCount(NamedTuple):
    """How many disagreements two annotators have of one kind, about these labels and this attribute."""

    first: str
    second: str
    kind: str
    label: str
    other: str
    attribute: str
    number: int


@dataclass(frozen=True)
class BoundaryCount:
    """At how many starts or ends of a label boundaries differ by one class of text."""

    boundary_class: str = field(metadata={"name": "class"})
    label: str
    side: str
    count: int


@dataclass(frozen=True)
class CoveringLabel:
    """An annotator who puts a label on half of what they read, or more."""

    name: str
    label: str
    share: float


@dataclass(frozen=True)
class MixedVersions:
    """Documents with sets under several schema versions, and the spans by label that were therefore not compared."""

    documents: int
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class AttributeFigures:
    """An attribute on spans that two annotators marked identically."""

    label: str
    attribute: str
    matched: int
    observed: ReportFigure
    kappa: ReportFigure


@dataclass(frozen=True)
class LeftOut:
    """Documents that could not be compared, and sets that were started and not submitted."""

    one_set: int
    no_set: int
    open_sets: int | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True)
class Distribution:
    """Documents by overlap F1, in tenths from 0 to 1."""

    bins: tuple[int, ...]
    undefined: int


@dataclass(frozen=True)
class BatchFigures:
    """The documents of one import, which is named by its start."""

    at: str = field(metadata={"format": "date-time"})
    documents: int
    overall: CountFigures
    labels: tuple[LabelCounts, ...]


@dataclass(frozen=True)
class GammaFigure:
    """Gamma with everything it depends on."""

    value: float | None
    undefined: Undefined | None
    low: float | None
    high: float | None
    cat: ReportFigure
    documents: int
    documents_of_report: int
    samples: int
    standard_error: float | None
    settings: Mapping[str, Any]

    @property
    def figure(self) -> ReportFigure:
        """Gamma by itself."""
        return ReportFigure(self.value, self.undefined, self.low, self.high)


@dataclass(frozen=True, kw_only=True)
class Report:
    """All figures of a report; those of earlier versions lack what is optional."""

    documents: int
    annotators: tuple[AnnotatorDocuments, ...]
    labels: tuple[LabelFigures, ...]
    overall: OverallFigures
    pairs: tuple[PairFigures, ...]
    against_others: tuple[AnnotatorFigures, ...] | None = field(default=None, metadata=OPTIONAL)
    confusion: tuple[AlignedLabels, ...] | None = field(
        default=None, metadata={**OPTIONAL, "help_text": "Aligned spans: label, other label or empty, count."}
    )
    tokens: TokenFigures | None = field(default=None, metadata=OPTIONAL)
    disagreements: tuple[DisagreementCount, ...] | None = field(
        default=None,
        metadata={
            **OPTIONAL,
            "help_text": "Counts: first annotator, second, kind, label, other label, attribute, count.",
        },
    )
    boundaries: tuple[BoundaryCount, ...] | None = field(default=None, metadata=OPTIONAL)
    covering: tuple[CoveringLabel, ...] | None = field(default=None, metadata=OPTIONAL)
    mixed_versions: MixedVersions | None = field(default=None, metadata=OPTIONAL)
    attributes: tuple[AttributeFigures, ...]
    relations: tuple[RelationFigures, ...]
    left_out: LeftOut
    distribution: Distribution | None = field(default=None, metadata=OPTIONAL)
    batches: tuple[BatchFigures, ...] | None = field(default=None, metadata=OPTIONAL)
    gamma: GammaFigure | None = field(default=None, metadata=OPTIONAL)
    method: int | None = field(default=None, metadata=OPTIONAL)

    @property
    def version(self) -> int:
        """How documents were measured: 3 today; 1 for reports that were stored before this was noted."""
        return self.method or FIRST_VERSION

    def to_record(self) -> dict[str, Any]:
        """Return the JSON that is stored and that the API answers."""
        record: dict[str, Any] = to_record(self)
        return record


def read_report(record: Mapping[str, Any]) -> Report:
    """Return the report that stored JSON of any version holds."""
    return from_record(Report, record)
