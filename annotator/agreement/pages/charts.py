"""Charts of a report: documents by figure, and figures over reports and batches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.reports.label_figures import ReportFigure
from annotator.agreement.reports.report import BatchFigures, Distribution, Report
from annotator.agreement.reports.sentences import FigureText, figure_text
from annotator.agreement.selectors.reports import ReportSummary

EVERYTHING = DisagreementFilters()
HEIGHT, WIDTH, BAR_WIDTH = 100, 500, 50


@dataclass(frozen=True)
class Bar:
    """A bar of a chart, in units of its view box."""

    x: int
    y: int
    height: int
    count: int
    title: str


def distribution_bars(distribution: Distribution | None) -> list[Bar]:
    """Return documents by overlap F1 as bars."""
    bins = distribution.bins if distribution else ()
    if not any(bins):
        return []
    highest = max(bins)
    bars = []
    for index, count in enumerate(bins):
        height = round(HEIGHT * count / highest)
        low, high = index / len(bins), (index + 1) / len(bins)
        bars.append(Bar(index * BAR_WIDTH, HEIGHT - height, height, count, f"{low:.1f}–{high:.1f}: {count}"))
    return bars


@dataclass(frozen=True)
class ForestRow:
    """A label in a forest plot: its figure as a point and its interval as a line, in units of the view box."""

    name: str
    style: str
    y: int
    x: int
    low: int | None
    high: int | None
    title: str


@dataclass(frozen=True)
class ForestPlot:
    """Overlap F1 of the labels that have it, with intervals; `ticks` are positions and texts of the scale."""

    rows: list[ForestRow]
    height: int
    ticks: list[tuple[int, str]]


ROW_HEIGHT, SCALE_START, SCALE_LENGTH, LONGEST_NAME = 22, 190, 300, 22


def forest_plot(figures: Report, names: SchemaNames) -> ForestPlot:
    """Return overlap F1 of every label and of all together."""
    given = [(names.label(row.label), names.style(row.label), row.overlap_f1) for row in figures.labels]
    given.append((_("All labels"), "", figures.overall.overlap_f1))
    rows: list[ForestRow] = []
    for name, style, figure in given:
        if figure.value is not None:
            rows.append(_forest_row(name, style, figure, y=ROW_HEIGHT * len(rows) + ROW_HEIGHT // 2))
    ticks = [(_on_scale(tick / 4), f"{tick / 4:g}") for tick in range(5)]
    return ForestPlot(rows, ROW_HEIGHT * len(rows), ticks)


def _forest_row(name: str, style: str, figure: ReportFigure, *, y: int) -> ForestRow:
    value, interval = figure.value or 0.0, ""
    if figure.low is not None and figure.high is not None:
        interval = f" ({figure.low:.2f}–{figure.high:.2f})"
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    low, high = (None if end is None else _on_scale(end) for end in (figure.low, figure.high))
    return ForestRow(short, style, y, _on_scale(value), low, high, f"{name}: {value:.2f}{interval}")


def _on_scale(value: float) -> int:
    return SCALE_START + round(SCALE_LENGTH * min(max(value, 0.0), 1.0))


@dataclass(frozen=True)
class TrendRow:
    """A report, week or import in a trend; `list_url` with `query` leads to the disagreements behind its figures."""

    name: str
    url: str
    list_url: str
    query: str
    documents: int
    overlap: FigureText
    exact: FigureText
    labels: Sequence[tuple[FigureText, str] | None]


def trend_row(
    figures: ReportSummary | BatchFigures,
    *,
    name: str,
    labels: Sequence[str],
    list_url: str,
    filters: DisagreementFilters = EVERYTHING,
    url: str = "",
) -> TrendRow:
    """Return a row with overlap F1 of each label, None where it does not occur."""
    by_label = {
        row.label: (figure_text(row.overlap_f1), replace(filters, label=row.label).query()) for row in figures.labels
    }
    return TrendRow(
        name=name,
        url=url,
        list_url=list_url,
        query=filters.query(),
        documents=figures.documents,
        overlap=figure_text(figures.overall.overlap_f1),
        exact=figure_text(figures.overall.exact_f1),
        labels=[by_label.get(label) for label in labels],
    )


def week_name(start: str) -> str:
    """Return the name of a week by its start: the date of its Monday."""
    return datetime.fromisoformat(start).date().isoformat()


@dataclass(frozen=True)
class Point:
    """A point of a line, in units of its view box."""

    x: int
    y: int
    name: str
    title: str


def trend_points(rows: Sequence[TrendRow]) -> list[Point]:
    """Return overlap F1 over the rows, oldest first, at equal distances."""
    step = WIDTH // max(len(rows) - 1, 1)
    return [
        Point(index * step, round(HEIGHT * (1 - float(row.overlap.text))), row.name, f"{row.name}: {row.overlap.text}")
        for index, row in enumerate(rows)
        if row.overlap.is_defined
    ]
