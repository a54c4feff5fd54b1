"""A report as lines of text for a terminal."""

from collections.abc import Iterator, Sequence

from annotator.agreement.reports.label_figures import LABEL_FIGURES, LabelFigures, ReportFigure
from annotator.agreement.reports.report import (
    AttributeFigures,
    CountFigures,
    DocumentAttributeFigures,
    OverallFigures,
    PairFigures,
    RelationFigures,
    Report,
)
from annotator.agreement.reports.sentences import (
    annotators_text,
    documents_text,
    figure_text,
    label_sentence,
    left_out_sentence,
)

F1_HEADINGS = ["overlap F1", "exact F1"]


def console_lines(report: Report, *, title: str) -> Iterator[str]:
    """Yield the report: what was compared, a sentence for each label, then tables."""
    names = ", ".join(annotator.name for annotator in report.annotators)
    annotators = annotators_text(len(report.annotators))
    yield f"Agreement in {title}: {documents_text(report.documents)} compared, {annotators} ({names})."
    if left_out := left_out_sentence(report.left_out):
        yield left_out
    for row in report.labels:
        yield f"\n{row.label}: {label_sentence(row, report, name=row.label)}"
    headings = ["", "spans", *(declared.console_heading for declared in LABEL_FIGURES.values())]
    yield from _table("By label", headings, _labels(report))
    yield from _table("By pair of annotators", ["", "documents", *F1_HEADINGS], list(map(_pair, report.pairs)))
    attributes = list(map(_attribute, report.attributes))
    yield from _table("Attributes of identical spans", ["", "spans", "same value", "kappa"], attributes)
    of_documents = list(map(_document_attribute, report.document_attributes or ()))
    headings = ["", "documents", "same value", "alpha"]
    yield from _table("Attributes of the document", headings, of_documents)
    yield from _table("Relations", ["", "relations", *F1_HEADINGS], list(map(_relation, report.relations)))


def _labels(report: Report) -> list[list[str]]:
    overall = report.overall
    last = ["all", str(overall.spans), *(_text(getattr(overall, name, None)) for name in LABEL_FIGURES)]
    ignoring = [
        "label ignored",
        "",
        *(_text(overall.unlabelled_f1 if name == "exact_f1" else None) for name in LABEL_FIGURES),
    ]
    return [*map(_label, report.labels), last, ignoring]


def _label(row: LabelFigures) -> list[str]:
    return [row.label, str(row.spans), *(_text(getattr(row, name)) for name in LABEL_FIGURES)]


def _pair(pair: PairFigures) -> list[str]:
    return [f"{pair.first}, {pair.second}", str(pair.documents), *_f1(pair.overall)]


def _attribute(row: AttributeFigures) -> list[str]:
    return [f"{row.label}.{row.attribute}", str(row.matched), _text(row.observed), _text(row.kappa)]


def _document_attribute(row: DocumentAttributeFigures) -> list[str]:
    return [row.attribute, str(row.documents), _text(row.same_value), _text(row.alpha)]


def _relation(row: RelationFigures) -> list[str]:
    return [row.label, f"{row.first_count}, {row.second_count}", *_f1(row)]


def _f1(figures: CountFigures | RelationFigures | OverallFigures) -> list[str]:
    return [_text(figures.overlap_f1), _text(figures.exact_f1)]


def _text(figure: ReportFigure | None) -> str:
    return figure_text(figure).text if figure else ""


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table with its title; nothing when it has no rows."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    yield f"\n{title}"
    for row in [headings, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
