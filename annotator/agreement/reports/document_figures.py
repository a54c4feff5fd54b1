"""The figures of one document, for the API. Pure."""

from dataclasses import dataclass

from annotator.agreement.counting.tallies import Tally
from annotator.agreement.reports.builder import label_sums
from annotator.agreement.reports.label_figures import LABEL_FIGURES, ReportFigure


@dataclass(frozen=True)
class DocumentOverall:
    """All labels in one document."""

    spans: int
    exact_f1: ReportFigure
    overlap_f1: ReportFigure
    alpha_tokens: ReportFigure


@dataclass(frozen=True)
class DocumentLabel:
    """A label in one document."""

    label: str
    spans: int
    exact_f1: ReportFigure
    overlap_f1: ReportFigure
    alpha_tokens: ReportFigure


@dataclass(frozen=True)
class DocumentFigures:
    """The figures of one document, all pairs of annotators pooled."""

    overall: DocumentOverall
    labels: tuple[DocumentLabel, ...]


def document_figures(tally: Tally) -> DocumentFigures:
    """Return the figures of all labels together and of each label that occurs."""
    pooled = tally.all_pairs
    overall = DocumentOverall(
        spans=sum(tally.spans.values()),
        exact_f1=ReportFigure.of(pooled.all_spans.exact_f1),
        overlap_f1=ReportFigure.of(pooled.all_spans.overlap_f1),
        alpha_tokens=ReportFigure.of(tally.overall_alpha),
    )
    labels = []
    for label in sorted(tally.spans):
        sums = label_sums(tally, pooled, label)
        figures = {
            name: ReportFigure.of(LABEL_FIGURES[name].value(sums))
            for name in ("exact_f1", "overlap_f1", "alpha_tokens")
        }
        if sums.spans:
            labels.append(DocumentLabel(label=label, spans=sums.spans, **figures))
    return DocumentFigures(overall, tuple(labels))
