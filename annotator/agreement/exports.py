"""A report as files: everything that is needed to check it, and to make it again."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from annotator.agreement import selectors, services
from annotator.agreement.measures import bootstrap
from annotator.agreement.models import AgreementReport
from annotator.agreement.reports import MINIMUM_DOCUMENTS, MINIMUM_SPANS

Record = dict[str, Any]
COLUMNS = ["section", "label", "first", "second", "measure", "value", "low", "high", "undefined", "count"]
# Spreadsheets take what begins so for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def report_record(report: AgreementReport) -> Record:
    """The whole report: figures, settings, and every set with its revision and schema version."""
    return {
        "report": report.pk,
        "project": report.project.slug,
        "created_at": report.created_at.isoformat(),
        "measured_at": report.measured_at.isoformat() if report.measured_at else None,
        "settings": {
            "scope": report.scope,
            "method": services.result_of(report).get("method"),
            "interval": {
                "share": 0.95,
                "resamples": bootstrap.RESAMPLES,
                "seed": bootstrap.SEED,
                "least_documents": MINIMUM_DOCUMENTS,
                "least_spans": MINIMUM_SPANS,
            },
            "unit_of_offsets": "Unicode code point",
        },
        "result": services.result_of(report),
        "sets": [
            {
                "document": each.annotation_set.document.external_id,
                "sha256": each.annotation_set.document.sha256,
                "annotation_set": each.annotation_set_id,
                "annotator": each.author,
                "revision": each.revision,
                "schema_version": each.annotation_set.schema_version_id,
            }
            for each in selectors.sets_of(report)
        ],
    }


def report_csv(report: AgreementReport) -> str:
    """Every figure, one a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _lines(services.result_of(report)):
        writer.writerow([_safe(row.get(column, "")) for column in COLUMNS])
    return out.getvalue()


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def _lines(result: Record) -> Iterator[Record]:
    for row in result["labels"]:
        yield from _figures(row, section="label", label=row["label"], count=row["spans"])
    yield from _figures(result["overall"], section="overall", count=result["overall"]["spans"])
    if "gamma" in result:
        yield {"section": "overall", "measure": "gamma", **_value(result["gamma"])}
        yield {"section": "overall", "measure": "gamma_cat", **_value(result["gamma"]["cat"])}
    for pair in result["pairs"]:
        names = {"first": pair["first"], "second": pair["second"]}
        yield from _figures(pair["overall"], section="pair", count=pair["documents"], **names)
        for row in pair["labels"]:
            yield from _figures(row, section="pair", label=row["label"], **names)
    for person in result.get("against_others", []):
        yield from _figures(
            person["overall"], section="against_others", first=person["name"], count=person["documents"]
        )
        for row in person["labels"]:
            yield from _figures(row, section="against_others", first=person["name"], label=row["label"])
    yield from _parts(result)


def _parts(result: Record) -> Iterator[Record]:
    for row in result["attributes"]:
        yield from _figures(row, section="attribute", label=f"{row['label']}.{row['attribute']}", count=row["matched"])
    for row in result["relations"]:
        yield from _figures(row, section="relation", label=row["label"])
    tokens = result.get("tokens", {"labels": [], "overall": {}})
    for row in [*tokens["labels"], tokens["overall"]]:
        yield from _figures(row, section="tokens", label=row.get("label", ""))
    for one, other, count in result.get("confusion", []):
        yield {"section": "aligned", "label": one, "second": other, "measure": "aligned_spans", "count": count}
    for first, second, kind, label, other, attribute, count in result.get("disagreements", []):
        about = "/".join(filter(None, [label, other, attribute]))
        yield {"section": "disagreement", "label": about, "first": first, "second": second} | {
            "measure": kind, "count": count
        }  # fmt: skip


def _figures(record: Record, **common: object) -> Iterator[Record]:
    """Those of the parts of a record that are figures."""
    for name, figure in record.items():
        if isinstance(figure, dict) and "undefined" in figure:
            yield {**common, "measure": name, **_value(figure)}


def _value(figure: Record) -> Record:
    return {name: "" if figure[name] is None else figure[name] for name in ("value", "low", "high", "undefined")}
