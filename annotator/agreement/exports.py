"""A report, or one part of it, as files: everything that is needed to check it, and to make it again."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from annotator.agreement import selectors, services
from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.agreement.reports import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.measures import bootstrap
from annotator.problems import NotFound

Record = dict[str, Any]
COLUMNS = ["section", "label", "first", "second", "measure", "value", "low", "high", "undefined", "count"]
# Spreadsheets take what begins so for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
DOCUMENTS = "documents"


def report_record(report: AgreementReport, *, part: str = "") -> Record:
    """The whole report, or one of `PARTS` of it: figures, settings, and every set with its revision and schema version.

    Raises `NotFound` for a part that there is not.
    """
    result = services.result_of(report)
    record = {
        "report": report.pk,
        "project": report.project.slug,
        "created_at": report.created_at.isoformat(),
        "measured_at": report.measured_at.isoformat() if report.measured_at else None,
        "settings": _settings(report),
        "result": {name: result[name] for name in _known(part)[0] if name in result} if part else result,
        "sets": [_set(each) for each in selectors.sets_of(report)],
    }
    return record | ({"documents": list(_documents(report))} if part in ("", DOCUMENTS) else {})


def _known(part: str) -> tuple[tuple[str, ...], Callable[[Record], Iterator[Record]]]:
    if part not in PARTS:
        raise NotFound(f"A report has no part “{part}”; it has {', '.join(PARTS)}.")
    return PARTS[part]


def _settings(report: AgreementReport) -> Record:
    result = services.result_of(report)
    return {
        "scope": report.scope,
        "method": result.get("method"),
        "interval": {
            "share": 0.95,
            "resamples": bootstrap.RESAMPLES,
            "seed": bootstrap.SEED,
            "least_documents": MINIMUM_DOCUMENTS,
            "least_spans": MINIMUM_SPANS,
        },
        "gamma": result.get("gamma", {}).get("settings"),
        "unit_of_offsets": "Unicode code point",
    }


def _set(each: ReportedSet) -> Record:
    return {
        "document": each.annotation_set.document.external_id,
        "sha256": each.annotation_set.document.sha256,
        "annotation_set": each.annotation_set_id,
        "annotator": each.author,
        "revision": each.revision,
        "schema_version": each.annotation_set.schema_version_id,
    }


def _documents(report: AgreementReport) -> Iterator[Record]:
    """Documents with their own figures, worst first."""
    for each in selectors.documents_of(report):
        figures = {"overlap_f1": each.overlap_f1, "exact_f1": each.exact_f1, "alpha_tokens": each.alpha}
        yield {"document": each.document.external_id, "title": each.document.title, **figures}


def report_csv(report: AgreementReport, *, part: str = "") -> str:
    """Every figure, or those of one of `PARTS`, one a line; then the settings, and every set with its revision.

    Raises `NotFound` for a part that there is not.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(report, part):
        writer.writerow([safe(row.get(column, "")) for column in COLUMNS])
    return out.getvalue()


def _rows(report: AgreementReport, part: str) -> Iterator[Record]:
    result = services.result_of(report)
    for _, lines in [_known(part)] if part else PARTS.values():
        yield from lines(result)
    if part in ("", DOCUMENTS):
        for document in _documents(report):
            for measure in ("overlap_f1", "exact_f1", "alpha_tokens"):
                value = "" if document[measure] is None else document[measure]
                yield {"section": "document", "label": document["document"], "measure": measure, "value": value}
    yield {"section": "report", "label": report.project.slug, "measure": "report", "value": report.pk}
    yield {"section": "report", "measure": "measured_at", "value": f"{report.measured_at:%Y-%m-%dT%H:%M:%SZ}"}
    for name, value in _settings(report).items():
        yield {"section": "setting", "measure": name, "value": json.dumps(value, ensure_ascii=False)}
    for each in map(_set, selectors.sets_of(report)):
        yield {
            "section": "set",
            "label": each["document"],
            "first": each["annotator"],
            "second": each["sha256"],
            "measure": "revision",
            "value": each["revision"],
        }


def safe(value: object) -> object:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def _labels(result: Record) -> Iterator[Record]:
    for row in result["labels"]:
        yield from _figures(row, section="label", label=row["label"], count=row["spans"])
    yield from _figures(result["overall"], section="overall", count=result["overall"]["spans"])


def _gamma(result: Record) -> Iterator[Record]:
    if "gamma" in result:
        yield {"section": "overall", "measure": "gamma", **_value(result["gamma"])}
        yield {"section": "overall", "measure": "gamma_cat", **_value(result["gamma"]["cat"])}


def _pairs(result: Record) -> Iterator[Record]:
    for pair in result["pairs"]:
        names = {"first": pair["first"], "second": pair["second"]}
        yield from _figures(pair["overall"], section="pair", count=pair["documents"], **names)
        for row in pair["labels"]:
            yield from _figures(row, section="pair", label=row["label"], **names)


def _people(result: Record) -> Iterator[Record]:
    for person in result.get("against_others", []):
        yield from _figures(
            person["overall"], section="against_others", first=person["name"], count=person["documents"]
        )
        for row in person["labels"]:
            yield from _figures(row, section="against_others", first=person["name"], label=row["label"])


def _attributes(result: Record) -> Iterator[Record]:
    for row in result["attributes"]:
        yield from _figures(row, section="attribute", label=f"{row['label']}.{row['attribute']}", count=row["matched"])


def _relations(result: Record) -> Iterator[Record]:
    for row in result["relations"]:
        yield from _figures(row, section="relation", label=row["label"])


def _tokens(result: Record) -> Iterator[Record]:
    tokens = result.get("tokens", {"labels": [], "overall": {}})
    for row in [*tokens["labels"], tokens["overall"]]:
        yield from _figures(row, section="tokens", label=row.get("label", ""))


def _confusion(result: Record) -> Iterator[Record]:
    for one, other, count in result.get("confusion", []):
        yield {"section": "aligned", "label": one, "second": other, "measure": "aligned_spans", "count": count}


def _disagreements(result: Record) -> Iterator[Record]:
    for first, second, kind, label, other, attribute, count in result.get("disagreements", []):
        about = "/".join(filter(None, [label, other, attribute]))
        names = {"first": first, "second": second}
        yield {"section": "disagreement", "label": about, **names, "measure": kind, "count": count}


def _batches(result: Record) -> Iterator[Record]:
    for batch in result.get("batches", []):
        common = {"section": "batch", "first": batch["at"]}
        yield from _figures(batch["overall"], count=batch["documents"], **common)
        for row in batch["labels"]:
            yield from _figures(row, label=row["label"], **common)


def _distribution(result: Record) -> Iterator[Record]:
    bins = result.get("distribution", {"bins": []})["bins"]
    for at, count in enumerate(bins):
        low, high = at / len(bins), (at + 1) / len(bins)
        yield {"section": "distribution", "measure": "overlap_f1", "low": low, "high": high, "count": count}


PARTS: Mapping[str, tuple[tuple[str, ...], Callable[[Record], Iterator[Record]]]] = {
    "labels": (("labels", "overall"), _labels),
    "gamma": (("gamma",), _gamma),
    "confusion": (("confusion",), _confusion),
    "pairs": (("pairs",), _pairs),
    "people": (("against_others",), _people),
    "batches": (("batches",), _batches),
    DOCUMENTS: (("distribution", "left_out"), _distribution),
    "attributes": (("attributes",), _attributes),
    "relations": (("relations",), _relations),
    "tokens": (("tokens",), _tokens),
    "disagreements": (("disagreements", "boundaries"), _disagreements),
}
"""By name the parts of a result that belong to it, and what makes lines of them."""


def _figures(record: Record, **common: object) -> Iterator[Record]:
    """Those of the parts of a record that are figures."""
    for name, figure in record.items():
        if isinstance(figure, dict) and "undefined" in figure:
            yield {**common, "measure": name, **_value(figure)}


def _value(figure: Record) -> Record:
    return {name: "" if figure[name] is None else figure[name] for name in ("value", "low", "high", "undefined")}
