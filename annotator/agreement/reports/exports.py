"""A report, one part of it, or its disagreements as files, with everything that is needed to check and repeat it."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar

import orjson
from django.core.serializers.json import DjangoJSONEncoder

from annotator.agreement.counting.statistics import EARLIER_INTERVAL_SETTINGS
from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.agreement.reports.label_figures import ReportFigure, enough_for
from annotator.agreement.reports.report import BatchFigures, GammaFigure, Report
from annotator.agreement.selectors import disagreements, reports
from annotator.corpus.documents.models import Document
from annotator.problems import NotFound
from annotator.text.spreadsheet import without_formula

COLUMNS = ["section", "label", "first", "second", "measure", "value", "low", "high", "undefined", "count"]
DISAGREEMENT_COLUMNS = [
    "document", "title", "kind", "first", "second", "label", "other", "attribute", "start", "end",
    "start_difference", "end_difference", "first_version", "second_version",
]  # fmt: skip
DOCUMENTS = "documents"
ROWS_AT_ONCE = 200
Row = TypeVar("Row")

Line = dict[str, object]
"""Values of some of `COLUMNS`."""
JsonObject = dict[str, Any]


def report_json(report: AgreementReport, *, part: str = "") -> Iterator[str]:
    """Return the whole report or one of `PARTS` as pieces of JSON: figures, settings, every set with its revision.

    Documents and sets are read while they are written. Raises `NotFound` for an unknown part.
    """
    figures = reports.figures_of(report).to_record()
    record = {
        "report": report.pk,
        "project": report.project.slug,
        "created_at": report.created_at.isoformat(),
        "measured_at": report.measured_at.isoformat() if report.measured_at else None,
        "settings": _settings(report),
        "result": {name: figures[name] for name in _known(part).fields if name in figures} if part else figures,
        "sets": _sets(report),
    }
    if part in ("", "labels"):
        record["enough_for"] = [asdict(each) for each in enough_for(reports.figures_of(report).labels)]
    return _json_pieces(record | ({"documents": _documents(report)} if part in ("", DOCUMENTS) else {}))


def _json_pieces(record: JsonObject) -> Iterator[str]:
    """Yield an object in pieces; members that are iterators are lists."""
    sign = "{"
    for name, value in record.items():
        yield f"{sign}\n {json.dumps(name)}: "
        if isinstance(value, Iterator):
            yield from _list_pieces(value)
        else:
            yield _json(value, depth=1)
        sign = ","
    yield "\n}"


def _list_pieces(values: Iterator[JsonObject]) -> Iterator[str]:
    sign = "["
    for value in values:
        yield f"{sign}\n  {_json(value, depth=2)}"
        sign = ","
    yield "\n ]" if sign == "," else "[]"


def _json(value: object, *, depth: int) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    return text.replace("\n", "\n" + " " * depth)  # within strings, line breaks are escaped


def report_csv(report: AgreementReport, *, part: str = "") -> Iterator[str]:
    """Return every figure, or those of one of `PARTS`, a line each; then the settings, and every set with its revision.

    Sets are read while they are written. Raises `NotFound` for an unknown part.
    """
    chosen = [_known(part)] if part else list(PARTS.values())
    rows = ([without_formula(line.get(column, "")) for column in COLUMNS] for line in _lines(report, part, chosen))
    return chain([_csv_line(COLUMNS)], (_csv_line(row) for row in rows))


def part_of_name(report: AgreementReport) -> str:
    """Return the part of a file name that says that a report is limited."""
    return "-limited" if report.is_limited else ""


def _settings(report: AgreementReport) -> JsonObject:
    figures = reports.figures_of(report)
    return {
        "scope": report.scope,
        "method": figures.method,
        "interval": dict(figures.interval or EARLIER_INTERVAL_SETTINGS),
        "gamma": figures.gamma.settings if figures.gamma else None,
        "unit_of_offsets": "Unicode code point",
    }


def _set(row: ReportedSet) -> JsonObject:
    return {
        "document": row.annotation_set.document.external_id,
        "sha256": row.annotation_set.document.sha256,
        "annotation_set": row.annotation_set_id,
        "annotator": row.author,
        "revision": row.revision,
        "schema_version": row.annotation_set.schema_version_id,
    }


def _sets(report: AgreementReport) -> Iterator[JsonObject]:
    return map(_set, reports.sets_of(report).iterator(chunk_size=ROWS_AT_ONCE))


def _documents(report: AgreementReport) -> Iterator[JsonObject]:
    """Yield documents with their own figures, worst first."""
    for row in reports.documents_of(report).iterator(chunk_size=ROWS_AT_ONCE):
        figures = {"overlap_f1": row.overlap_f1, "exact_f1": row.exact_f1, "alpha_tokens": row.alpha}
        yield {"document": row.document.external_id, "title": row.document.title, **figures}


def _lines(report: AgreementReport, part: str, parts: Sequence["ReportPart"]) -> Iterator[Line]:
    figures = reports.figures_of(report)
    for chosen in parts:
        yield from chosen.lines(figures)
    if part in ("", DOCUMENTS):
        for document in _documents(report):
            for measure in ("overlap_f1", "exact_f1", "alpha_tokens"):
                value = "" if document[measure] is None else document[measure]
                yield {"section": "document", "label": document["document"], "measure": measure, "value": value}
    yield {"section": "report", "label": report.project.slug, "measure": "report", "value": report.pk}
    yield {"section": "report", "measure": "measured_at", "value": f"{report.measured_at:%Y-%m-%dT%H:%M:%SZ}"}
    for name, value in _settings(report).items():
        yield {"section": "setting", "measure": name, "value": json.dumps(value, ensure_ascii=False)}
    for measured in _sets(report):
        yield {
            "section": "set",
            "label": measured["document"],
            "first": measured["annotator"],
            "second": measured["sha256"],
            "measure": "revision",
            "value": measured["revision"],
        }


def _figures(figures: object, **common: object) -> Iterator[Line]:
    """Yield a line for each field of a dataclass that is a figure."""
    for part in fields(figures):  # type: ignore[arg-type]
        figure = getattr(figures, part.name)
        if isinstance(figure, ReportFigure):
            yield {**common, "measure": part.name, **_values(figure)}


def _values(figure: ReportFigure | GammaFigure) -> Line:
    values = {name: getattr(figure, name) for name in ("value", "low", "high", "undefined")}
    return {name: "" if value is None else value for name, value in values.items()}


def _label_lines(report: Report) -> Iterator[Line]:
    for row in report.labels:
        yield from _figures(row, section="label", label=row.label, count=row.spans)
    yield from _figures(report.overall, section="overall", count=report.overall.spans)


def _gamma_lines(report: Report) -> Iterator[Line]:
    if report.gamma:
        yield {"section": "overall", "measure": "gamma", **_values(report.gamma)}
        yield {"section": "overall", "measure": "gamma_cat", **_values(report.gamma.cat)}


def _pair_lines(report: Report) -> Iterator[Line]:
    for pair in report.pairs:
        names = {"first": pair.first, "second": pair.second}
        yield from _figures(pair.overall, section="pair", count=pair.documents, **names)
        for row in pair.labels:
            yield from _figures(row, section="pair", label=row.label, **names)


def _annotator_lines(report: Report) -> Iterator[Line]:
    for annotator in report.against_others or ():
        common = {"section": "against_others", "first": annotator.name}
        yield from _figures(annotator.overall, count=annotator.documents, **common)
        for row in annotator.labels:
            yield from _figures(row, label=row.label, **common)


def _attribute_lines(report: Report) -> Iterator[Line]:
    for row in report.attributes:
        yield from _figures(row, section="attribute", label=f"{row.label}.{row.attribute}", count=row.matched)


def _document_attribute_lines(report: Report) -> Iterator[Line]:
    for row in report.document_attributes or ():
        common = {"section": "document_attribute", "label": row.attribute}
        yield from _figures(row, count=row.documents, **common)
        yield {**common, "measure": "differing", "count": row.differing}


def _relation_lines(report: Report) -> Iterator[Line]:
    for row in report.relations:
        yield from _figures(row, section="relation", label=row.label)


def _token_lines(report: Report) -> Iterator[Line]:
    if report.tokens:
        for row in report.tokens.labels:
            yield from _figures(row, section="tokens", label=row.label)
        yield from _figures(report.tokens.overall, section="tokens", label="")


def _confusion_lines(report: Report) -> Iterator[Line]:
    for label, other, count in report.confusion or ():
        yield {"section": "aligned", "label": label, "second": other, "measure": "aligned_spans", "count": count}


def _disagreement_lines(report: Report) -> Iterator[Line]:
    for first, second, kind, label, other, attribute, count in report.disagreements or ():
        about = "/".join(filter(None, [label, other, attribute]))
        names = {"first": first, "second": second}
        yield {"section": "disagreement", "label": about, **names, "measure": kind, "count": count}

    for location in report.locations or ():
        types = "; ".join(" ".join(filter(None, each)) for each in location.types)
        yield {"section": "location", "label": types, "measure": "locations", "count": location.number}
    for name, kind, label, count in report.apart or ():
        yield {"section": "differs_from_most", "label": label, "first": name, "measure": kind or "all", "count": count}


def _batch_lines(report: Report) -> Iterator[Line]:
    yield from _period_lines("batch", report.batches or ())


def _week_lines(report: Report) -> Iterator[Line]:
    yield from _period_lines("week", report.weeks or ())


def _period_lines(section: str, batches: Sequence[BatchFigures]) -> Iterator[Line]:
    for batch in batches:
        common = {"section": section, "first": batch.at}
        yield from _figures(batch.overall, count=batch.documents, **common)
        for row in batch.labels:
            yield from _figures(row, label=row.label, **common)


def _distribution_lines(report: Report) -> Iterator[Line]:
    bins = report.distribution.bins if report.distribution else ()
    for index, count in enumerate(bins):
        low, high = index / len(bins), (index + 1) / len(bins)
        yield {"section": "distribution", "measure": "overlap_f1", "low": low, "high": high, "count": count}


class ReportPart(NamedTuple):
    """The fields of a report that belong to a part, and its lines."""

    fields: Sequence[str]
    lines: Callable[[Report], Iterator[Line]]


PARTS: Mapping[str, ReportPart] = {
    "labels": ReportPart(["labels", "overall"], _label_lines),
    "gamma": ReportPart(["gamma"], _gamma_lines),
    "confusion": ReportPart(["confusion"], _confusion_lines),
    "pairs": ReportPart(["pairs"], _pair_lines),
    "people": ReportPart(["against_others"], _annotator_lines),
    "batches": ReportPart(["batches"], _batch_lines),
    "weeks": ReportPart(["weeks"], _week_lines),
    DOCUMENTS: ReportPart(["distribution", "left_out"], _distribution_lines),
    "attributes": ReportPart(["attributes"], _attribute_lines),
    "document-attributes": ReportPart(["document_attributes"], _document_attribute_lines),
    "relations": ReportPart(["relations"], _relation_lines),
    "tokens": ReportPart(["tokens"], _token_lines),
    "disagreements": ReportPart(
        ["disagreements", "locations", "apart", "boundaries", "boundary_locations"], _disagreement_lines
    ),
}
"""The parts of a report by their names in addresses."""


def _known(part: str) -> ReportPart:
    if part not in PARTS:
        raise NotFound(f"A report has no part “{part}”. Its parts are {', '.join(PARTS)}.")
    return PARTS[part]


def disagreement_records(report: AgreementReport, filters: DisagreementFilters) -> Iterator[JsonObject]:
    """Yield every disagreement that passes the filters, document by document, with the text of both versions."""
    for documents in disagreements.documents_in_groups(report):
        rows = disagreements.disagreements_of(report, filters, documents=documents)
        for some in in_batches(rows.order_by(*disagreements.ORDERS["place"]).iterator(chunk_size=ROWS_AT_ONCE)):
            yield from _records(some)


def in_batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Yield rows in lists of `ROWS_AT_ONCE`."""
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some


def _records(rows: Sequence[Any]) -> Iterator[JsonObject]:
    documents = reports.documents_with_texts({row.document for row in rows})
    for row in rows:
        document = documents[row.document]
        columns = ("kind", "first", "second", "label", "other", "attribute", "start", "end")
        yield {
            "document": document.external_id,
            "title": document.title,
            **{name: getattr(row, name) for name in columns},
            "start_difference": row.start_difference,
            "end_difference": row.end_difference,
            "first_version": [_version(version, document) for version in row.detail["first"]],
            "second_version": [_version(version, document) for version in row.detail["second"]],
        }


def _version(version: Mapping[str, Any], document: Document) -> JsonObject:
    """Return a version with its text, and for a relation that of its target."""
    text = " … ".join(document.text[start:end] for start, end in version["fragments"])
    target = {"target": _version(version["target"], document)} if "target" in version else {}
    return {**version, "text": text, **target}


def disagreements_csv(records: Iterator[JsonObject]) -> Iterator[str]:
    """Yield lines of a table; a version is its label, value or relation, and its text."""
    yield _csv_line(DISAGREEMENT_COLUMNS)
    for record in records:
        versions = {name: " | ".join(map(_version_text, record[name])) for name in ("first_version", "second_version")}
        values = record | versions
        yield _csv_line([without_formula(values[name]) for name in DISAGREEMENT_COLUMNS])


def _version_text(version: Mapping[str, Any]) -> str:
    label = f"{version['label']}={version['value']}" if "value" in version else version["label"]
    text = f"{label}: {version['text']}"
    return f"{text} -{version['relation']}-> {_version_text(version['target'])}" if "target" in version else text


def _csv_line(values: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()


def disagreements_json_lines(records: Iterator[JsonObject]) -> Iterator[bytes]:
    """Yield a line of JSON for each disagreement."""
    return (orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
