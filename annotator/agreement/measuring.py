"""Measuring documents, or taking over what was measured before as long as their sets have not moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from django.db import connection

from annotator.agreement import reading, set_selectors
from annotator.agreement.counting import CountedGroup
from annotator.agreement.entries import Record
from annotator.agreement.findings import Findings, findings
from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement, Measurement, ReportedSet
from annotator.agreement.reading import ReadGroup, SetHead, Wanted
from annotator.agreement.scope import METHOD, Scope
from annotator.agreement.versions import Unshared, unshared
from annotator.platform.bulk_rows import Table, insert_rows, reserve_keys, table_of
from projects.schema import Schema

DISAGREEMENTS = table_of(
    Disagreement,
    "measurement_id first second kind label other attribute start end words start_difference end_difference detail",
)
DOCUMENTS = table_of(DocumentAgreement, "report_id document_id measurement_id overlap_f1 exact_f1 alpha")
SETS = table_of(ReportedSet, "report_id annotation_set_id author revision")
MEASUREMENTS = table_of(Measurement, "id document_id key tally statistics overlap_f1 exact_f1 alpha")
FIGURES = ("overlap_f1", "exact_f1", "alpha")


class Used(NamedTuple):
    """A stored measurement, and the figures by which its document is put in order."""

    id: int
    overlap_f1: float | None
    exact_f1: float | None
    alpha: float | None


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
    """What was measured on some documents and is not stored yet, with the sets it was made from."""

    group: ReadGroup
    found: Findings
    counted: CountedGroup

    @property
    def ids(self) -> Sequence[int]:
        """The documents."""
        return self.group.documents.ids


def measure_documents(basis: Basis, document_ids: Sequence[int]) -> list[Measured]:
    """Measure some documents; nothing is stored yet.

    Revisions are read before the spans: if somebody saves in between, the report holds an older revision than its
    figures and says that it is stale, never the other way round.
    """
    heads = basis.heads_by_document(document_ids)
    all_heads = [head for own in heads.values() for head in own]
    measured = []
    for group in reading.read_batch(document_ids, all_heads, basis.wanted(heads)):
        if len(group.documents.people) > 1:
            found = findings(group.documents)
            measured.append(Measured(group, found, CountedGroup(group.documents, found)))
    return measured


def store_measured(basis: Basis, measured: Sequence[Measured]) -> None:
    """Store measurements for a report; the caller opens the transaction."""
    keys = {
        document_id: basis.key(heads)
        for each in measured
        for document_id, heads in zip(each.ids, each.group.heads, strict=True)
    }
    # Another report may have measured the same meanwhile: its rows are as good.
    known = _known(keys)
    fresh = [
        (each, place, document_id)
        for each in measured
        for place, document_id in enumerate(each.ids)
        if document_id not in known
    ]
    with connection.cursor() as cursor:
        pks = reserve_keys(cursor, MEASUREMENTS, len(fresh))
    found = dict(known)
    measurements, disagreements = [], []
    for pk, (each, place, document_id) in zip(pks, fresh, strict=True):
        figures = each.counted.figures[place]
        found[document_id] = Used(pk, **figures)
        record, statistics = each.counted.records[place], each.counted.statistics[place]
        row = (pk, document_id, keys[document_id], _text(record), _text(statistics))
        measurements.append((*row, *(figures[name] for name in FIGURES)))
        disagreements += [(pk, *finding) for finding in each.found.found[place]]
    _insert(MEASUREMENTS, measurements)
    _insert(DISAGREEMENTS, disagreements)
    heads = {at: own for each in measured for at, own in zip(each.ids, each.group.heads, strict=True)}
    _use(basis.report, found, heads)


def _text(record: Record) -> str:
    return orjson.dumps(record).decode()


def reuse_measurements(basis: Basis, document_ids: Sequence[int]) -> int:
    """Take over what was measured before on the same revisions; return how many documents that are.

    The caller opens the transaction.
    """
    heads = basis.heads_by_document(document_ids)
    known = _known({document_id: basis.key(own) for document_id, own in heads.items()})
    _use(basis.report, known, heads)
    return len(known)


def _known(keys: Mapping[int, str]) -> dict[int, Used]:
    """Stored measurements of documents, by document."""
    # Not by key as well: two long lists make SQLite look up every combination.
    rows = Measurement.objects.filter(document__in=keys).order_by("id")
    found = rows.values_list("document_id", "key", "id", *FIGURES)
    return {document_id: Used(*used) for document_id, key, *used in found if key == keys[document_id]}


def _use(report: AgreementReport, measurements: Mapping[int, Used], heads: Mapping[int, Sequence[SetHead]]) -> None:
    """Make measurements part of a report, with the sets they were made from."""
    documents = [
        (report.pk, document_id, row.id, row.overlap_f1, row.exact_f1, row.alpha)
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
            insert_rows(cursor, table, rows)
