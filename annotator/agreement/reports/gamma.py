"""Gamma over the documents of a report, with its settings and an interval.

Random continua are drawn with the moments of all documents together, so nothing of gamma can be reused by the next
report. Beyond `MOST_SPANS` it is therefore measured on a random sample of documents with a fixed seed, and says so.
"""

from dataclasses import asdict

import numpy as np

from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.models import DocumentAgreement
from annotator.agreement.reports.label_figures import ReportFigure
from annotator.agreement.reports.measurements import Basis
from annotator.agreement.reports.report import GammaFigure
from annotator.agreement.selectors.spans import load_units
from annotator.measures import bootstrap
from annotator.measures.gamma import gamma
from annotator.measures.units import Document

MOST_SPANS = 20_000
READ_AT_ONCE = 500
SAMPLING_SEED = 20_261_122


def measure_gamma(basis: Basis, *, spans: int) -> GammaFigure:
    """Return gamma; `spans` is the number of spans in the report."""
    rows = DocumentAgreement.objects.filter(report=basis.report).order_by("document_id")
    of_report = list(rows.values_list("document_id", "document__length"))
    sample = _sample(of_report, spans)
    documents: list[Document] = []
    labels: dict[str, int] = {}
    for first in range(0, len(sample), READ_AT_ONCE):
        part = sample[first : first + READ_AT_ONCE]
        heads = basis.heads_by_document([document_id for document_id, _ in part])
        documents += load_units(part, heads, basis.span_filter(heads), labels)
    result = gamma(documents, labels=len(labels))
    has_interval = result.documents >= MINIMUM_DOCUMENTS and spans >= MINIMUM_SPANS and result.gamma.is_defined
    interval = bootstrap.resampled(result.rows[:, :2], bootstrap.gamma) if has_interval else None
    error = result.standard_error
    return GammaFigure(
        **vars(ReportFigure.of(result.gamma, interval)),
        cat=ReportFigure.of(result.gamma_cat),
        documents=result.documents,
        documents_of_report=len(of_report),
        samples=result.samples,
        standard_error=None if np.isnan(error) else error,
        settings=asdict(result.settings),
    )


def _sample(documents: list[tuple[int, int]], spans: int) -> list[tuple[int, int]]:
    """Return all documents, or as many drawn at random as have about `MOST_SPANS`."""
    if spans <= MOST_SPANS or len(documents) < 2:
        return documents
    size = max(2, round(len(documents) * MOST_SPANS / spans))
    chosen = np.random.default_rng(SAMPLING_SEED).choice(len(documents), size=size, replace=False)
    return [documents[index] for index in sorted(chosen.tolist())]
