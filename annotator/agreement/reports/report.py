"""The agreement report: one type from which JSON, API description, CSV, console output and pages follow.

A field is part of all of them. Everything is pooled: over documents, and over pairs of annotators where a figure is not
given for each pair. Stored reports of earlier versions lack the optional fields; `Report.version` tells them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from annotator.agreement.counting.tallies import Counts
from annotator.agreement.reports.label_figures import LabelFigures, ReportFigure
from annotator.agreement.reports.records import OPTIONAL, from_record, to_record
from annotator.measures.figures import Undefined

FIRST_VERSION = 1


def optional(help_text: str) -> dict[str, Any]:
    """Return the metadata of a field that stored JSON may lack, with what the API says about it."""
    return {**OPTIONAL, "help_text": help_text}


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
    alpha_code_points: ReportFigure | None = field(
        default=None, metadata=optional("Over characters, the set of labels as value.")
    )


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
    kappa: ReportFigure | None = field(default=None, metadata=OPTIONAL)


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


class DisagreementType(NamedTuple):
    """A type of disagreement; the two labels have no order, "" for no span."""

    kind: str
    label: str
    other: str
    attribute: str


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
class LocationCount:
    """At how many locations there are exactly these types of disagreement: kind, label, other label, attribute."""

    types: tuple[DisagreementType, ...]
    number: int


class ApartCount(NamedTuple):
    """At how many locations an annotator differs from most others, by kind and label; both "" for all together."""

    name: str
    kind: str
    label: str
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
class MappedSets:
    """Sets of an earlier schema version that were read through a mapping to a later one."""

    from_version: int
    to_version: int
    sets: int


@dataclass(frozen=True)
class AttributeFigures:
    """An attribute on spans that two annotators marked identically."""

    label: str
    attribute: str
    matched: int
    observed: ReportFigure
    kappa: ReportFigure


class Answer(NamedTuple):
    """What an annotator answered about a document, in words."""

    name: str
    value: str


@dataclass(frozen=True)
class DifferingAnswers:
    """A document whose annotators answered differently, by its id."""

    document: int
    answers: tuple[Answer, ...] = field(metadata={"help_text": "Annotator and answer, in words."})


@dataclass(frozen=True)
class DocumentAttributeFigures:
    """Agreement on one attribute of the document, over the documents that two or more annotators answered.

    `listed` are the first 100 of the `differing` documents.
    """

    attribute: str
    name: str
    documents: int
    same_value: ReportFigure = field(metadata={"help_text": "Share of pairs of annotators with the same value."})
    alpha: ReportFigure = field(metadata={"help_text": "Krippendorff's alpha, nominal."})
    differing: int
    listed: tuple[DifferingAnswers, ...]


@dataclass(frozen=True)
class WithoutPart:
    """What agreement is without one annotator, document or label: `kind`, and its name, id or label.

    `alpha` is over the sets of labels on tokens, `overlap_f1` over all labels; `disagreements` are those it is part of.
    """

    kind: str
    name: str
    alpha: float | None
    overlap_f1: float | None
    disagreements: int


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
    draws: int | None = field(default=None, metadata=OPTIONAL)
    is_exact: bool | None = field(default=None, metadata=OPTIONAL)
    low_of_report: float | None = field(
        default=None, metadata=optional("Of a sample: where gamma of all documents of the report begins, 95 %.")
    )
    high_of_report: float | None = field(
        default=None, metadata=optional("Of a sample: where gamma of all documents of the report ends, 95 %.")
    )

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
        default=None, metadata=optional("Aligned spans: label, other label or empty, count.")
    )
    tokens: TokenFigures | None = field(default=None, metadata=OPTIONAL)
    disagreements: tuple[DisagreementCount, ...] | None = field(
        default=None, metadata=optional("Counts: first annotator, second, kind, label, other label, attribute, count.")
    )
    locations: tuple[LocationCount, ...] | None = field(
        default=None,
        metadata=optional("Locations by their types of disagreement: kind, label, other label, attribute."),
    )
    apart: tuple[ApartCount, ...] | None = field(
        default=None,
        metadata=optional("Locations at which an annotator differs from most others: annotator, kind, label, count."),
    )
    boundaries: tuple[BoundaryCount, ...] | None = field(default=None, metadata=OPTIONAL)
    boundary_locations: tuple[BoundaryCount, ...] | None = field(
        default=None, metadata=optional("The same by location, not by pair of annotators.")
    )
    covering: tuple[CoveringLabel, ...] | None = field(default=None, metadata=OPTIONAL)
    mixed_versions: MixedVersions | None = field(default=None, metadata=OPTIONAL)
    read_through_mapping: tuple[MappedSets, ...] | None = field(default=None, metadata=OPTIONAL)
    attributes: tuple[AttributeFigures, ...]
    document_attributes: tuple[DocumentAttributeFigures, ...] | None = field(
        default=None, metadata=optional("Left out where the schema has none.")
    )
    relations: tuple[RelationFigures, ...]
    left_out: LeftOut
    distribution: Distribution | None = field(default=None, metadata=OPTIONAL)
    batches: tuple[BatchFigures, ...] | None = field(default=None, metadata=OPTIONAL)
    weeks: tuple[BatchFigures, ...] | None = field(
        default=None,
        metadata=optional("Documents by the week in which the last of their annotators submitted, named by its start."),
    )
    gamma: GammaFigure | None = field(default=None, metadata=OPTIONAL)
    without: tuple[WithoutPart, ...] | None = field(default=None, metadata=OPTIONAL)
    method: int | None = field(default=None, metadata=OPTIONAL)
    interval: Mapping[str, Any] | None = field(
        default=None, metadata=optional("How confidence intervals were computed.")
    )

    @property
    def version(self) -> int:
        """How documents were measured: 4 today; 1 for reports that were stored before this was noted."""
        return self.method or FIRST_VERSION

    def to_record(self) -> dict[str, Any]:
        """Return the JSON that is stored and that the API answers."""
        record: dict[str, Any] = to_record(self)
        return record


def read_report(record: Mapping[str, Any]) -> Report:
    """Return the report that stored JSON of any version holds."""
    return from_record(Report, record)
