"""Results of quality control as records: for the API and the downloaded table."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from annotator.corpus.spans.models import SetPurpose
from annotator.quality.selectors import LabelResult, PersonStatus, Results
from annotator.text.spreadsheet import without_formula

COLUMNS = [
    "annotator",
    "purpose",
    "label",
    "measure",
    "documents",
    "spans",
    "f1",
    "low",
    "high",
    "threshold",
    "verdict",
    "more_documents",
]


def person_record(status: PersonStatus) -> dict[str, Any]:
    """Return the results of a person with those of each document."""
    admission = status.admission
    return {
        "annotator": status.membership.user.get_username(),
        "must_qualify": status.must_qualify,
        "paused_at": admission.paused_at if admission else None,
        SetPurpose.QUALIFICATION.value: results_record(status.qualification),
        "checks": results_record(status.checks),
    }


def results_record(results: Results) -> dict[str, Any]:
    """Return results as JSON; none of the documents count as new data."""
    return {
        "counts_as_data": False,
        "verdict": results.verdict.value,
        "more_documents": results.more,
        "failing_labels": results.failing,
        "undecided_labels": results.undecided,
        "drift": None if results.drift is None else vars_of(results.drift),
        "figures": [figure for row in (results.overall, *results.labels) for figure in _figures(row)],
        "documents": [
            {
                "document": document.annotation_set.document_id,
                "annotation_set": document.annotation_set.pk,
                "submitted_at": document.annotation_set.submitted_at,
                "overlap_f1": document.f1("overlap"),
                "exact_f1": document.f1("exact"),
            }
            for document in results.documents
        ],
    }


def vars_of(drift: Any) -> dict[str, float]:
    """Return the change of the later documents with its interval."""
    return {name: getattr(drift, name) for name in ("change", "low", "high")}


def _figures(row: LabelResult) -> Iterator[dict[str, Any]]:
    for measure, judged in row.figures.items():
        figure = judged.measured
        yield {
            "label": row.label,
            "measure": measure,
            "documents": figure.documents,
            "spans": figure.spans,
            "f1": figure.value,
            "low": figure.low,
            "high": figure.high,
            "threshold": judged.threshold,
            "verdict": judged.verdict.value if judged.threshold is not None else "",
            "more_documents": judged.more,
        }


def results_table(statuses: list[PersonStatus]) -> str:
    """Return all figures as CSV, one a line."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for status in statuses:
        name = status.membership.user.get_username()
        for purpose, results in ((SetPurpose.QUALIFICATION, status.qualification), (SetPurpose.CHECK, status.checks)):
            for figure in results_record(results)["figures"] if results.documents else []:
                row = {"annotator": name, "purpose": purpose.value, **figure}
                writer.writerow({key: without_formula("" if row[key] is None else row[key]) for key in COLUMNS})
    return out.getvalue()
