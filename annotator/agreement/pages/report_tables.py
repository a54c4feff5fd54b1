"""The tables of a report as pages show them: labels, pairs, annotators, confusion, attributes, relations, tokens."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from annotator.agreement.filters import NOTHING, DisagreementFilters
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.reports.label_figures import LABEL_FIGURES, LabelFigures, ReportFigure
from annotator.agreement.reports.report import (
    AnnotatorFigures,
    AttributeFigures,
    Coefficients,
    CountFigures,
    DisagreementCount,
    LabelCoefficients,
    LabelCounts,
    PairFigures,
    RelationFigures,
    Report,
)
from annotator.agreement.reports.sentences import (
    FigureText,
    alpha_sentence,
    basis_sentence,
    cautions,
    covering_sentences,
    documents_text,
    figure_text,
    label_sentence,
    left_out_sentence,
    mapped_sentence,
    mixed_sentence,
)
from annotator.measures.alignment import DisagreementKind
from projects.schema import Schema

HEAT_STEPS = 4


@dataclass(frozen=True)
class FigureColumn:
    """The heading of a column of figures, and the anchor of its explanation."""

    heading: str
    anchor: str


@dataclass(frozen=True)
class LabelView:
    """A label with its sentences, and its figures in the order of `LABEL_FIGURES`."""

    id: str
    name: str
    style: str
    spans: int
    sentence: str
    alpha: str
    cautions: list[str]
    figures: list[FigureText]
    is_defined: bool
    query: str


@dataclass(frozen=True)
class CountsView:
    """F1 of a pair, a label of a pair, or a relation; `query` leads to the disagreements behind it."""

    name: str
    style: str
    first_count: int
    second_count: int
    overlap: FigureText
    exact: FigureText
    query: str


@dataclass(frozen=True)
class RelationView(CountsView):
    """A relation, with F1 of those between spans that both annotators have; None in reports that lack it."""

    shared_overlap: FigureText | None
    shared_exact: FigureText | None


@dataclass(frozen=True)
class PairView:
    """Two annotators."""

    first: str
    second: str
    summary: str
    counts: CountsView
    unlabelled: FigureText
    labels: list[CountsView]
    kappa: str = ""


@dataclass(frozen=True)
class MatrixRow:
    """One annotator against each other, with the query of their disagreements; None for pairs without a document."""

    name: str
    cells: list[tuple[FigureText, str] | None]


@dataclass(frozen=True)
class AttributeView:
    """An attribute on identical spans."""

    label: str
    style: str
    name: str
    matched: int
    observed: FigureText
    kappa: FigureText
    query: str


@dataclass(frozen=True)
class AnnotatorView:
    """One annotator against all others; None in `by_label` for labels that occur in none of their pairs."""

    name: str
    documents: int
    counts: CountsView
    by_label: list[CountsView | None]


@dataclass(frozen=True)
class ReportView:
    """The main tables of a report."""

    basis: str
    left_out: str
    mixed: str
    columns: list[FigureColumn]
    labels: list[LabelView]
    spans: int
    overall: list[FigureText | None]
    unlabelled: list[FigureText | None]
    pairs: list[PairView]
    pairs_in_all: int
    names: list[str]
    matrix: list[MatrixRow]
    attributes: list[AttributeView]
    relations: list[RelationView]


def report_view(report: Report, schema: Schema, pairs: Sequence[PairFigures]) -> ReportView:
    """Return the main tables of a report, with the figures of some pairs."""
    names = SchemaNames(schema)
    annotators = [annotator.name for annotator in report.annotators]
    overall = [getattr(report.overall, name, None) for name in LABEL_FIGURES]
    unlabelled = figure_text(report.overall.unlabelled_f1)
    return ReportView(
        basis=basis_sentence(report),
        left_out=left_out_sentence(report.left_out),
        mixed=" ".join(
            filter(
                None,
                [
                    mixed_sentence(report.mixed_versions, label_name=names.label),
                    mapped_sentence(report.read_through_mapping),
                ],
            )
        ),
        columns=[FigureColumn(str(declared.heading), declared.anchor) for declared in LABEL_FIGURES.values()],
        labels=[_label(row, names, report) for row in report.labels],
        spans=report.overall.spans,
        overall=[figure_text(figure) if figure else None for figure in overall],
        unlabelled=[unlabelled if name == "exact_f1" else None for name in LABEL_FIGURES],
        pairs=[_pair(pair, names) for pair in pairs],
        pairs_in_all=len(report.pairs),
        names=annotators,
        matrix=_matrix(annotators, report.pairs),
        attributes=[_attribute(row, names) for row in report.attributes],
        relations=[_relation(row, names) for row in report.relations],
    )


def _label(row: LabelFigures, names: SchemaNames, report: Report) -> LabelView:
    name = names.label(row.label)
    is_defined = row.overlap_f1.value is not None
    return LabelView(
        id=row.label,
        name=name,
        style=names.style(row.label),
        spans=row.spans,
        sentence=label_sentence(row, report, name=name),
        alpha=alpha_sentence(row) if is_defined else "",
        cautions=[
            *cautions(row, documents=report.documents),
            *covering_sentences(report.covering or (), row.label, name=name),
        ],
        figures=[figure_text(getattr(row, figure)) for figure in LABEL_FIGURES],
        is_defined=is_defined,
        query=DisagreementFilters(label=row.label).query(),
    )


def _counts(
    row: CountFigures | LabelCounts | RelationFigures, name: str, style: str, filters: DisagreementFilters
) -> CountsView:
    return CountsView(
        name,
        style,
        row.first_count,
        row.second_count,
        figure_text(row.overlap_f1),
        figure_text(row.exact_f1),
        filters.query(),
    )


def _counts_by_label(rows: Sequence[LabelCounts], names: SchemaNames, filters: DisagreementFilters) -> list[CountsView]:
    """Return the figures of each label, with the query of the disagreements of these annotators about it."""
    return [
        _counts(row, names.label(row.label), names.style(row.label), replace(filters, label=row.label)) for row in rows
    ]


def _pair(pair: PairFigures, names: SchemaNames) -> PairView:
    filters = DisagreementFilters(one=pair.first, another=pair.second)
    return PairView(
        first=pair.first,
        second=pair.second,
        summary=_pair_summary(pair),
        counts=_counts(pair.overall, "", "", filters),
        unlabelled=figure_text(pair.unlabelled_f1),
        labels=_counts_by_label(pair.labels, names, filters),
        kappa=_with_interval(pair.kappa),
    )


def _with_interval(figure: ReportFigure | None) -> str:
    """A figure with its interval in brackets; "" when it is not defined."""
    text = figure_text(figure)
    if figure is None or not text.is_defined:
        return ""
    return f"{text.text} ({text.note})" if text.note else text.text


def _pair_summary(pair: PairFigures) -> str:
    values = {
        "documents": documents_text(pair.documents),
        "overlap": figure_text(pair.overall.overlap_f1).text,
        "exact": figure_text(pair.overall.exact_f1).text,
    }
    return _("%(documents)s, overlap F1 %(overlap)s, exact F1 %(exact)s") % values


def _matrix(annotators: Sequence[str], pairs: Sequence[PairFigures]) -> list[MatrixRow]:
    """Return overlap F1 of every annotator with every other."""
    cells: Mapping[frozenset[str], tuple[FigureText, str]] = {
        frozenset((pair.first, pair.second)): (
            figure_text(pair.overall.overlap_f1),
            DisagreementFilters(one=pair.first, another=pair.second).query(),
        )
        for pair in pairs
    }
    return [MatrixRow(one, [cells.get(frozenset((one, other))) for other in annotators]) for one in annotators]


def _attribute(row: AttributeFigures, names: SchemaNames) -> AttributeView:
    filters = DisagreementFilters(kind=DisagreementKind.ATTRIBUTE, label=row.label, attribute=row.attribute)
    return AttributeView(
        label=names.label(row.label),
        style=names.style(row.label),
        name=names.attribute(row.label, row.attribute),
        matched=row.matched,
        observed=figure_text(row.observed),
        kappa=figure_text(row.kappa),
        query=filters.query(),
    )


def _relation(row: RelationFigures, names: SchemaNames) -> RelationView:
    filters = DisagreementFilters(kind=DisagreementKind.RELATION, label=row.label)
    return RelationView(
        **vars(_counts(row, names.relation(row.label), "", filters)),
        shared_overlap=figure_text(row.shared_overlap_f1) if row.shared_overlap_f1 else None,
        shared_exact=figure_text(row.shared_exact_f1) if row.shared_exact_f1 else None,
    )


def annotator_views(rows: Sequence[AnnotatorFigures], names: SchemaNames, labels: Sequence[str]) -> list[AnnotatorView]:
    """Return each annotator against the others, with their figures for each of `labels`."""
    views = []
    for row in rows:
        filters = DisagreementFilters(one=row.name)
        by_label = dict(
            zip([own.label for own in row.labels], _counts_by_label(row.labels, names, filters), strict=True)
        )
        overall = _counts(row.overall, "", "", filters)
        views.append(AnnotatorView(row.name, row.documents, overall, [by_label.get(label) for label in labels]))
    return views


@dataclass(frozen=True)
class ConfusionCell:
    """How many aligned spans have these labels; `heat` is 0 (none) to 4, off the diagonal.

    `differing` counts disagreements on the diagonal: same label, other boundaries, parts or attributes.
    """

    count: int
    query: str
    heat: int | None
    is_diagonal: bool
    differing: int


@dataclass(frozen=True)
class ConfusionRow:
    """A label against every label, and against no span."""

    name: str
    style: str
    cells: list[ConfusionCell]


@dataclass(frozen=True)
class ConfusionView:
    """The matrix of labels on aligned spans."""

    names: list[tuple[str, str]]
    rows: list[ConfusionRow]


def confusion_view(report: Report, names: SchemaNames) -> ConfusionView:
    """Return the matrix of labels on aligned spans; it is symmetric, because pairs of annotators have no order."""
    differing = _differing_on_diagonal(report.disagreements or ())
    counts = {(row.label, row.other): row.number for row in report.confusion or ()}
    both = counts | {(other, one): count for (one, other), count in counts.items()}
    labels = [row.label for row in report.labels if any(row.label in pair for pair in counts)]
    highest = max((count for (one, other), count in counts.items() if one != other and other), default=0)

    def cell(one: str, other: str) -> ConfusionCell:
        count = both.get((one, other), 0)
        filters = DisagreementFilters(label=one, other=other or NOTHING)
        if other and one != other:
            filters = DisagreementFilters(kind=DisagreementKind.LABEL, label=one, other=other)
        heat = -(-HEAT_STEPS * count // highest) if other and one != other and highest else None
        differing_here = differing[one] if one == other else 0
        return ConfusionCell(count, filters.query() if count else "", heat, one == other, differing_here)

    return ConfusionView(
        names=[(names.label(label), names.style(label)) for label in labels],
        rows=[
            ConfusionRow(names.label(one), names.style(one), [cell(one, other) for other in [*labels, ""]])
            for one in labels
        ],
    )


def _differing_on_diagonal(disagreements: Sequence[DisagreementCount]) -> Counter[str]:
    """Return by label how many disagreements there are between spans that both have it."""
    counts: Counter[str] = Counter()
    for row in disagreements:
        if row.label == row.other and row.kind != DisagreementKind.RELATION:
            counts[row.label] += row.number
    return counts


@dataclass(frozen=True)
class TokensRow:
    """Coefficients over tokens."""

    name: str
    style: str
    cohen: FigureText
    fleiss: FigureText
    ac1: FigureText
    query: str


def token_rows(report: Report, names: SchemaNames) -> list[TokensRow]:
    """Return coefficients over tokens for each label, and last for sets of labels."""
    if report.tokens is None:
        return []

    def row(figures: Coefficients | LabelCoefficients, name: str, label: str) -> TokensRow:
        return TokensRow(
            name,
            names.style(label) if label else "",
            figure_text(figures.cohen),
            figure_text(figures.fleiss),
            figure_text(figures.ac1),
            DisagreementFilters(label=label).query(),
        )

    rows = [row(figures, names.label(figures.label), figures.label) for figures in report.tokens.labels]
    return [*rows, row(report.tokens.overall, _("All labels, as sets"), "")]
