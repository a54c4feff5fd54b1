"""The pictures of a report as files: what the page shows, by itself, and the data of the trend."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from annotator.agreement.models import AgreementReport
from annotator.agreement.pages.charts import distribution_bars, forest_plot, trend_points
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.pages.report_page import batch_rows, trend_rows, week_rows
from annotator.agreement.pages.report_tables import ConfusionView, confusion_view
from annotator.agreement.reports import exports
from annotator.agreement.reports.report import Report
from annotator.agreement.selectors import reports
from annotator.platform.accounts.requests import user_of
from annotator.text.spreadsheet import without_formula
from projects.selectors import current_schema, schema_of

Response = TypeVar("Response", bound=HttpResponseBase)
CELL_WIDTH, CELL_HEIGHT, NAMES_WIDTH, LONGEST_NAME = 76, 30, 160, 20
DARKEST = 0.35
"""The opacity of the darkest cell: values stay readable on it, in light and dark."""


@dataclass(frozen=True)
class GridCell:
    """A cell of a heat map: its value is written on it; the shade only repeats it."""

    x: int
    text: str
    opacity: float
    title: str


@dataclass(frozen=True)
class GridRow:
    """A row of a heat map."""

    name: str
    y: int
    cells: list[GridCell]


@dataclass(frozen=True)
class Grid:
    """A heat map in units of its view box; `columns` are positions and names."""

    title: str
    columns: list[tuple[int, str]]
    rows: list[GridRow]
    width: int
    height: int


def _grid(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> Grid:
    """Return a heat map of texts, with shares from 0 to 1 for their shades."""
    places = [NAMES_WIDTH + CELL_WIDTH * number for number in range(len(columns))]
    drawn = [
        GridRow(
            _short(name, LONGEST_NAME),
            CELL_HEIGHT * (number + 1),
            [
                GridCell(x, text, round(DARKEST * min(max(share, 0.0), 1.0), 3), f"{name}, {column}: {text}")
                for x, column, (text, share) in zip(places, columns, cells, strict=True)
            ],
        )
        for number, (name, cells) in enumerate(rows)
    ]
    heads = [(x, _short(column, LONGEST_NAME // 2)) for x, column in zip(places, columns, strict=True)]
    return Grid(title, heads, drawn, NAMES_WIDTH + CELL_WIDTH * len(columns), CELL_HEIGHT * (len(rows) + 1))


def _short(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def pairs_grid(figures: Report) -> Grid | None:
    """Return overlap F1 of every annotator with every other; None with fewer than three annotators."""
    names = [annotator.name for annotator in figures.annotators]
    if len(names) < 3:
        return None
    values = {frozenset((pair.first, pair.second)): pair.overall.overlap_f1.value for pair in figures.pairs}

    def cell(one: str, other: str) -> tuple[str, float]:
        value = values.get(frozenset((one, other)))
        return ("–", 0.0) if value is None else (f"{value:.2f}", value)

    title = _("Overlap F1 of every pair of annotators")
    return _grid(title, names, [(one, [cell(one, other) for other in names]) for one in names])


def confusion_grid(view: ConfusionView) -> Grid | None:
    """Return the matrix of labels on aligned spans; None without aligned spans."""
    if not view.rows:
        return None
    columns = [*(name for name, _style in view.names), _("no span")]
    highest = max((cell.count for row in view.rows for cell in row.cells if not cell.is_diagonal), default=0)
    rows = [
        (
            row.name,
            [
                (f"{cell.count:,}", 0.0 if cell.is_diagonal or not highest else cell.count / highest)
                for cell in row.cells
            ],
        )
        for row in view.rows
    ]
    return _grid(_("Labels on aligned spans"), columns, rows)


Drawn = tuple[str, dict[str, Any]]
"""A template and its context."""


def _forest(_report: AgreementReport, figures: Report, names: SchemaNames) -> Drawn:
    return "agreement/forest_plot.svg", {"plot": forest_plot(figures, names)}


def _pairs(_report: AgreementReport, figures: Report, _names: SchemaNames) -> Drawn:
    return "agreement/grid.svg", {"grid": pairs_grid(figures)}


def _confusion(_report: AgreementReport, figures: Report, names: SchemaNames) -> Drawn:
    return "agreement/grid.svg", {"grid": confusion_grid(confusion_view(figures, names))}


def _distribution(_report: AgreementReport, figures: Report, _names: SchemaNames) -> Drawn:
    return "agreement/bars.svg", {"bars": distribution_bars(figures.distribution)}


def _trend(report: AgreementReport, figures: Report, _names: SchemaNames) -> Drawn:
    points = trend_points(trend_rows(report, [row.label for row in figures.labels]))
    return "agreement/line.svg", {"points": points, "title": _("Overlap F1 by report")}


def _batches(report: AgreementReport, figures: Report, _names: SchemaNames) -> Drawn:
    points = trend_points(batch_rows(report, figures, [row.label for row in figures.labels]))
    return "agreement/line.svg", {"points": points, "title": _("Overlap F1 by batch")}


def _weeks(report: AgreementReport, figures: Report, _names: SchemaNames) -> Drawn:
    points = trend_points(week_rows(report, figures, [row.label for row in figures.labels]))
    return "agreement/line.svg", {"points": points, "title": _("Overlap F1 by week")}


PICTURES: dict[str, Callable[[AgreementReport, Report, SchemaNames], Drawn]] = {
    "forest": _forest,
    "pairs": _pairs,
    "confusion": _confusion,
    "distribution": _distribution,
    "trend": _trend,
    "batches": _batches,
    "weeks": _weeks,
}


@login_required
@require_GET
def picture(request: HttpRequest, slug: str, report_id: int, name: str) -> HttpResponse:
    """Download a picture of a report."""
    report = reports.get_project_report(slug, report_id, user=user_of(request))
    figures = reports.figures_of(report)
    template, context = PICTURES[name](report, figures, SchemaNames(schema_of(current_schema(report.project))))
    response = render(request, template, context, content_type="image/svg+xml; charset=utf-8")
    return as_file(response, report, "svg", of="" if name == "forest" else name)


@login_required
@require_GET
def trend_csv(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Download the reports of the trend as a table."""
    report = reports.get_project_report(slug, report_id, user=user_of(request))
    labels = [row.label for row in reports.figures_of(report).labels]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["report", "created_at", "documents", "overlap_f1", "low", "high", "exact_f1", *labels])
    for row in reports.report_summaries(report):
        overlap, exact = row.overall.overlap_f1, row.overall.exact_f1
        by_label = {label.label: label.overlap_f1.value for label in row.labels}
        values = [row.id, row.created_at.isoformat(), row.documents, overlap.value, overlap.low, overlap.high]
        cells = [*values, exact.value, *(by_label.get(label) for label in labels)]
        writer.writerow(["" if cell is None else without_formula(cell) for cell in cells])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    return as_file(response, report, "csv", of="trend")


def as_file(response: Response, report: AgreementReport, ending: str, *, of: str = "") -> Response:
    """Return a response as a download; its name says which report, and whether it is limited."""
    name = f"agreement-{report.project.slug}-{report.pk}{exports.part_of_name(report)}{'-' if of else ''}{of}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
