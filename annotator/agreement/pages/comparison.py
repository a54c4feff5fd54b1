"""Two reports compared, figure by figure."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.reports.label_figures import LABEL_FIGURES, ReportFigure
from annotator.agreement.reports.paired import PairedComparison
from annotator.agreement.reports.report import Report
from annotator.agreement.reports.sentences import FigureText, figure_text, signed

EVERYTHING = DisagreementFilters()


@dataclass(frozen=True)
class ComparisonRow:
    """A figure in both reports, and the change; "" where it is not defined in one of them.

    `is_clear` when the two intervals do not overlap: the change is more than chance would explain.
    """

    name: str
    style: str
    first: FigureText | None
    second: FigureText | None
    change: str
    is_clear: bool
    query: str


@dataclass(frozen=True)
class ComparisonSection:
    """Rows of one figure; `anchor` is that of its explanation, `undefined` has the names without a value in either."""

    title: str
    anchor: str
    rows: list[ComparisonRow]
    undefined: list[str]


@dataclass(frozen=True)
class PairedRow:
    """The change of a figure on the same documents, with its interval; `is_clear` when that does not contain 0."""

    figure: str
    name: str
    style: str
    change: str
    interval: str
    is_clear: bool


def paired_rows(comparison: PairedComparison, names: SchemaNames) -> list[PairedRow]:
    """Return the rows of the table of changes on the same documents."""
    return [
        PairedRow(
            str(LABEL_FIGURES[row.figure].heading),
            names.label(row.label) if row.label else _("All labels"),
            names.style(row.label) if row.label else "",
            signed(row.change),
            _("%(low)s to %(high)s") % {"low": signed(row.low), "high": signed(row.high)},
            row.is_clear,
        )
        for row in comparison.changes
    ]


def compare_reports(first: Report, second: Report, names: SchemaNames) -> list[ComparisonSection]:
    """Return the declared figures by label, gamma, and overlap F1 by pair."""
    labels = list(dict.fromkeys(row.label for report in (first, second) for row in report.labels))
    sections = []
    for figure, declared in LABEL_FIGURES.items():
        here, there = ({row.label: getattr(row, figure) for row in report.labels} for report in (first, second))
        rows = [
            _row(names.label(label), names.style(label), here.get(label), there.get(label), _about(label))
            for label in labels
        ]
        overall = [getattr(report.overall, figure, None) for report in (first, second)]
        if any(overall):
            rows.append(_row(_("All labels"), "", overall[0], overall[1]))
        sections.append(_section(str(declared.heading), declared.anchor, rows))
    gammas = [report.gamma.figure if report.gamma else None for report in (first, second)]
    sections.append(_section(_("Gamma"), "gamma", [_row(_("Gamma"), "", gammas[0], gammas[1])]))
    title = _("%(figure)s by pair") % {"figure": LABEL_FIGURES["overlap_f1"].heading}
    return [*sections, _section(title, "overlap", _pairs(first, second))]


def _about(label: str) -> DisagreementFilters:
    return DisagreementFilters(label=label)


def _section(title: str, anchor: str, rows: list[ComparisonRow]) -> ComparisonSection:
    """Return a section; a row is in the table when one of the two reports has its figure."""
    empty = [row for row in rows if not any(figure and figure.is_defined for figure in (row.first, row.second))]
    return ComparisonSection(title, anchor, [row for row in rows if row not in empty], [row.name for row in empty])


def _pairs(first: Report, second: Report) -> list[ComparisonRow]:
    here, there = (
        {(pair.first, pair.second): pair.overall.overlap_f1 for pair in report.pairs} for report in (first, second)
    )
    return [
        _row(
            _("%(first)s and %(second)s") % {"first": one, "second": other},
            "",
            here.get((one, other)),
            there.get((one, other)),
            DisagreementFilters(one=one, another=other),
        )
        for one, other in dict.fromkeys([*here, *there])
    ]


def _row(
    name: str,
    style: str,
    first: ReportFigure | None,
    second: ReportFigure | None,
    filters: DisagreementFilters = EVERYTHING,
) -> ComparisonRow:
    change, is_clear = "", False
    if first and second and first.value is not None and second.value is not None:
        change = signed(second.value - first.value)
        if None not in (first.low, first.high, second.low, second.high):
            is_clear = _is_below(first, second) or _is_below(second, first)
    texts = [figure_text(figure) if figure else None for figure in (first, second)]
    return ComparisonRow(name, style, texts[0], texts[1], change, is_clear, filters.query())


def _is_below(one: ReportFigure, other: ReportFigure) -> bool:
    return one.high is not None and other.low is not None and one.high < other.low
