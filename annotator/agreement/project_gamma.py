"""Gamma over the documents of a report, with its settings and an interval.

Random continua are drawn with moments of all documents together, so that nothing of it can be kept from one report to
the next. Beyond `MOST_SPANS` it is therefore taken over documents drawn at random, with a seed, and says so.
"""

from dataclasses import asdict
from typing import Any

import numpy as np

from annotator.agreement import reading
from annotator.agreement.measuring import Basis
from annotator.agreement.models import DocumentAgreement
from annotator.agreement.records import Record, figure_record
from annotator.agreement.reports import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.measures import bootstrap
from annotator.measures.gamma import GammaResult, gamma
from annotator.measures.units import Document

MOST_SPANS = 20_000
READ_AT_ONCE = 500
DRAWING_SEED = 20_261_122


def gamma_record(basis: Basis, *, spans: int) -> Record:
    """Measure it; `spans` is how many the report has."""
    rows = DocumentAgreement.objects.filter(report=basis.report).order_by("document_id")
    of_report = list(rows.values_list("document_id", "document__length"))
    drawn = _drawn(of_report, spans)
    documents: list[Document] = []
    labels: dict[str, int] = {}
    for at in range(0, len(drawn), READ_AT_ONCE):
        part = drawn[at : at + READ_AT_ONCE]
        heads = basis.heads_by_document([document_id for document_id, _ in part])
        documents += reading.read_units(part, heads, basis.wanted(heads), labels)
    found = gamma(documents, labels=len(labels))
    has_interval = found.documents >= MINIMUM_DOCUMENTS and spans >= MINIMUM_SPANS and found.gamma.is_defined
    interval = bootstrap.resampled(found.rows[:, :2], bootstrap.gamma) if has_interval else None
    return {
        **figure_record(found.gamma, interval),
        "cat": figure_record(found.gamma_cat),
        "documents": found.documents,
        "documents_of_report": len(of_report),
        **_precision(found),
        "settings": asdict(found.settings),
    }


def _precision(found: GammaResult) -> dict[str, Any]:
    error = found.standard_error
    return {"samples": found.samples, "standard_error": None if np.isnan(error) else error}


def _drawn(documents: list[tuple[int, int]], spans: int) -> list[tuple[int, int]]:
    """All documents, or as many drawn at random as have about `MOST_SPANS`."""
    if spans <= MOST_SPANS or len(documents) < 2:
        return documents
    wanted = max(2, round(len(documents) * MOST_SPANS / spans))
    chosen = np.random.default_rng(DRAWING_SEED).choice(len(documents), size=wanted, replace=False)
    return [documents[place] for place in sorted(chosen.tolist())]
