"""Measuring documents, or taking over what was measured before as long as their sets have not moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from django.db import connection
from django.db.models import Model

from annotator.agreement import reading, set_selectors
from annotator.agreement.counting import Counted, tally_document
from annotator.agreement.findings import Finding, findings
from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement, Measurement, ReportedSet
from annotator.agreement.reading import ReadDocument, SetHead, Wanted
from annotator.agreement.scope import METHOD, Scope
from annotator.agreement.statistics import statistics_of
from annotator.agreement.tallies import Counts, Tally
from annotator.agreement.tally_records import record_of
from annotator.agreement.versions import Unshared, unshared
from annotator.imports.bulk import WRITERS
from annotator.imports.tables import Table
from projects.schema import Schema


def _table(model: type[Model], columns: str) -> Table:
    return Table(model._meta.db_table, tuple(columns.split()))  # noqa: SLF001 - public by documentation


DISAGREEMENTS = _table(
    Disagreement,
    "measurement_id first second kind label other attribute start end words start_difference end_difference detail",
)
DOCUMENTS = _table(DocumentAgreement, "report_id document_id measurement_id overlap_f1 exact_f1 alpha")
SETS = _table(ReportedSet, "report_id annotation_set_id author revision")
LONGEST_ATTRIBUTE = 200


@dataclass(frozen=True)
class Basis:
    """What the documents of a report are measured on; read once for each attempt.

    `annotators` are the names of people of the site, `schemas` all schema versions of the project by id.
    """

    report: AgreementReport
    scope: Scope
    annotators: frozenset[str]
    schemas: Mapping[int, Schema]

    @classmethod
    def of(cls, report: AgreementReport) -> "Basis":
        """Read it."""
        project = report.project
        annotators = set_selectors.names_of_annotators(project)
        return cls(report, Scope.of_record(report.scope), annotators, set_selectors.schemas_of(project))

    def heads_by_document(self, document_ids: Sequence[int]) -> dict[int, list[SetHead]]:
        """The sets that count over each of these documents, where there are two or more."""
        found: dict[int, list[SetHead]] = {}
        heads = set_selectors.heads_of(
            self.report.project,
            document_ids,
            annotators=self.annotators,
            scope=self.scope,
            aliases=self.report.aliases,
        )
        for head in heads:
            found.setdefault(head.document_id, []).append(head)
        return {document_id: own for document_id, own in found.items() if len(own) > 1}

    def key(self, heads: Iterable[SetHead]) -> str:
        """Names everything that the measurement of a document depends on."""
        sets = sorted((head.author, head.id, head.revision, head.schema_version) for head in heads)
        content = [METHOD, sorted(self.scope.labels), self.scope.suggestions, sets]
        return sha256(orjson.dumps(content)).hexdigest()

    def wanted(self, heads_by_document: Mapping[int, Iterable[SetHead]]) -> Wanted:
        """Which spans count in these documents."""
        mixed: dict[frozenset[int], Unshared] = {}
        by_document = {}
        for document_id, heads in heads_by_document.items():
            versions = frozenset(head.schema_version for head in heads)
            if len(versions) > 1:
                if versions not in mixed:
                    mixed[versions] = unshared([self.schemas[version] for version in sorted(versions)])
                by_document[document_id] = mixed[versions]
        return Wanted(frozenset(self.scope.labels), self.scope.suggestions, by_document)


@dataclass(frozen=True)
class Measured:
    """A measurement that is not stored yet, with its disagreements and the sets it was made from."""

    measurement: Measurement
    found: Sequence[Finding]
    heads: Sequence[SetHead]


def measure_documents(basis: Basis, document_ids: Sequence[int]) -> list[Measured]:
    """Measure some documents; nothing is stored yet.

    Revisions are read before the spans: if somebody saves in between, the report holds an older revision than its
    figures and says that it is stale, never the other way round.
    """
    heads = basis.heads_by_document(document_ids)
    all_heads = [head for own in heads.values() for head in own]
    batch = reading.read_batch(document_ids, all_heads, basis.wanted(heads))
    return [
        _measured(basis, read, batch.labels, batch.relation_labels) for read in batch.documents if len(read.heads) > 1
    ]


def _measured(basis: Basis, read: ReadDocument, labels: Sequence[str], relation_labels: Sequence[str]) -> Measured:
    found = findings(read.text, read.seen)
    counted = Counted(read.document, found, labels, relation_labels, read.left_out, read.is_mixed)
    tally = tally_document(counted)
    measurement = Measurement(
        document_id=read.id,
        key=basis.key(read.heads),
        tally=record_of(tally),
        statistics=statistics_of(tally),
        **_figures(tally),
    )
    return Measured(measurement, found.found, read.heads)


def _figures(tally: Tally) -> dict[str, float | None]:
    """By what documents are put in order."""
    pooled = sum((pair.all_spans for pair in tally.pairs.values()), Counts())
    figures = {"overlap_f1": pooled.overlap_f1, "exact_f1": pooled.exact_f1, "alpha": tally.overall_alpha}
    return {name: figure.value if figure.is_defined else None for name, figure in figures.items()}


def store_measured(report: AgreementReport, measured: Sequence[Measured]) -> None:
    """Store measurements for a report; the caller opens the transaction."""
    keys = {each.measurement.document_id: each.measurement.key for each in measured}
    # Another report may have measured the same meanwhile: its rows are as good.
    known = _known(keys)
    fresh = [each for each in measured if each.measurement.document_id not in known]
    Measurement.objects.bulk_create([each.measurement for each in fresh])
    rows = [_row(each.measurement.pk, finding) for each in fresh for finding in each.found]
    _insert(DISAGREEMENTS, rows)
    stored = known | {each.measurement.document_id: each.measurement for each in fresh}
    _use(report, stored, {each.measurement.document_id: each.heads for each in measured})


def _row(measurement_id: int, finding: Finding) -> tuple[Any, ...]:
    return (
        measurement_id,
        finding.first,
        finding.second,
        finding.kind,
        finding.label,
        finding.other,
        finding.attribute[:LONGEST_ATTRIBUTE],
        finding.start,
        finding.end,
        finding.words,
        finding.start_difference,
        finding.end_difference,
        orjson.dumps(finding.detail).decode(),
    )


def reuse_measurements(basis: Basis, document_ids: Sequence[int]) -> int:
    """Take over what was measured before on the same revisions; return how many documents that are.

    The caller opens the transaction.
    """
    heads = basis.heads_by_document(document_ids)
    known = _known({document_id: basis.key(own) for document_id, own in heads.items()})
    _use(basis.report, known, heads)
    return len(known)


def _known(keys: Mapping[int, str]) -> dict[int, Measurement]:
    """Stored measurements of documents, by document, without what is large in them."""
    # Not by key as well: two long lists make SQLite look up every combination.
    found = Measurement.objects.filter(document__in=keys).order_by("id").defer("tally", "statistics")
    return {row.document_id: row for row in found if row.key == keys[row.document_id]}


def _use(
    report: AgreementReport, measurements: Mapping[int, Measurement], heads: Mapping[int, Sequence[SetHead]]
) -> None:
    """Make measurements part of a report, with the sets they were made from."""
    documents = [
        (report.pk, document_id, row.pk, row.overlap_f1, row.exact_f1, row.alpha)
        for document_id, row in sorted(measurements.items())
    ]
    sets = [
        (report.pk, head.id, head.author, head.revision)
        for document_id in sorted(measurements)
        for head in heads[document_id]
    ]
    _insert(DOCUMENTS, documents)
    _insert(SETS, sets)


def _insert(table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows as they are: model objects would cost several times as much."""
    if rows:
        with connection.cursor() as cursor:
            WRITERS[connection.vendor].insert_rows(cursor, table, rows)
