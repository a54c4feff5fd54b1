"""Measurements: counting documents, storing what was counted, and adding it up for a report.

A measurement belongs to a document and the revisions of its sets; reports share it as long as these do not change.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast

from annotator.agreement.counting.disagreement_rows import GroupDisagreements, group_disagreements
from annotator.agreement.counting.group_counts import GroupCounts
from annotator.agreement.counting.shared_schema import Unshared, unshared
from annotator.agreement.counting.tallies import Tally
from annotator.agreement.counting.tally_records import add_record, tally_of, without_zeros
from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement, Measurement, ReportedSet
from annotator.agreement.scope import METHOD, Scope
from annotator.agreement.selectors import reports, sets, spans
from annotator.agreement.selectors.mappings import ReportMappings
from annotator.agreement.selectors.spans import LoadedGroup, SetHead, SpanFilter
from annotator.platform.bulk_rows import Table, insert_rows, reserve_keys, table_of
from projects.schema import Schema
from projects.schema_mapping import SchemaMapping

READ_AT_ONCE = 500
DISAGREEMENTS = table_of(
    Disagreement,
    "measurement_id first second kind label other attribute start end words start_difference end_difference detail "
    "location apart",
)
DOCUMENTS = table_of(DocumentAgreement, "report_id document_id measurement_id overlap_f1 exact_f1 alpha")
SETS = table_of(ReportedSet, "report_id annotation_set_id author revision")
MEASUREMENTS = table_of(Measurement, "id document_id key tally statistics overlap_f1 exact_f1 alpha")
FIGURES = ("overlap_f1", "exact_f1", "alpha")


class StoredMeasurement(NamedTuple):
    """A stored measurement, and the figures by which its document is ordered."""

    id: int
    overlap_f1: float | None
    exact_f1: float | None
    alpha: float | None


@dataclass(frozen=True)
class Basis:
    """What the documents of a report are measured on; read once per attempt.

    `annotators` are the names of users of the site, `schemas` all schema versions of the project by id.
    """

    report: AgreementReport
    scope: Scope
    annotators: frozenset[str]
    schemas: Mapping[int, Schema]
    mappings: ReportMappings

    @classmethod
    def of(cls, report: AgreementReport) -> "Basis":
        """Return the basis of a report."""
        project = report.project
        annotators = sets.names_of_annotators(project)
        schemas, mappings = sets.schemas_of(project), ReportMappings.of(report)
        return cls(report, Scope.of_record(report.scope), annotators, schemas, mappings)

    def heads_by_document(self, document_ids: Sequence[int]) -> dict[int, list[SetHead]]:
        """Return the sets that count over each of these documents, where there are two or more."""
        by_document: dict[int, list[SetHead]] = {}
        heads = sets.set_heads(
            self.report.project,
            document_ids,
            annotators=self.annotators,
            scope=self.scope,
            aliases=self.report.aliases,
            mappings=self.mappings,
        )
        for head in heads:
            by_document.setdefault(head.document_id, []).append(head)
        return {document_id: own for document_id, own in by_document.items() if len(own) > 1}

    def key(self, heads: Iterable[SetHead]) -> str:
        """Return a digest of everything that the measurement of a document depends on."""
        measured_sets = sorted(
            (head.author, head.id, head.revision, head.schema_version, *head.mappings) for head in heads
        )
        content = [METHOD, sorted(self.scope.labels), self.scope.suggestions, self.scope.tokens, measured_sets]
        return sha256(orjson.dumps(content)).hexdigest()

    def span_filter(self, heads_by_document: Mapping[int, Iterable[SetHead]]) -> SpanFilter:
        """Return which spans count in these documents."""
        mixed: dict[frozenset[int], Unshared] = {}
        by_document = {}
        chains: dict[tuple[int, ...], list[SchemaMapping]] = {}
        mappings = {}
        for document_id, heads in heads_by_document.items():
            versions = frozenset(head.schema_version for head in heads)
            for head in heads:
                if head.mappings:
                    if head.mappings not in chains:
                        chains[head.mappings] = self.mappings.mappings(head.mappings)
                    mappings[head.id] = chains[head.mappings]
            if len(versions) > 1:
                if versions not in mixed:
                    mixed[versions] = unshared([self.schemas[version] for version in sorted(versions)])
                by_document[document_id] = mixed[versions]
        return SpanFilter(
            frozenset(self.scope.labels), self.scope.suggestions, by_document, mappings, self.scope.tokens
        )


@dataclass(frozen=True)
class MeasuredGroup:
    """Measurements of documents that are not stored yet, with the sets they were made from."""

    group: LoadedGroup
    disagreements: GroupDisagreements
    counts: GroupCounts

    @property
    def ids(self) -> Sequence[int]:
        """The ids of the documents."""
        return self.group.documents.ids


def measure_documents(basis: Basis, document_ids: Sequence[int]) -> list[MeasuredGroup]:
    """Return measurements of some documents; nothing is stored yet.

    Revisions are read before spans: when a user saves in between, the report has an older revision than its figures and
    says that it is out of date, never the reverse.
    """
    heads = basis.heads_by_document(document_ids)
    all_heads = [head for own in heads.values() for head in own]
    measured = []
    for group in spans.load_groups(document_ids, all_heads, basis.span_filter(heads)):
        if len(group.documents.annotators) > 1:
            disagreements = group_disagreements(group.documents)
            measured.append(MeasuredGroup(group, disagreements, GroupCounts(group.documents, disagreements)))
    return measured


def store_measurements(basis: Basis, measured: Sequence[MeasuredGroup]) -> None:
    """Store measurements for a report; the caller opens the transaction."""
    keys = {
        document_id: basis.key(heads)
        for group in measured
        for document_id, heads in zip(group.ids, group.group.heads, strict=True)
    }
    # Another report may have measured the same in the meantime; its rows are used.
    known = _known(keys)
    fresh = [
        (group, index, document_id)
        for group in measured
        for index, document_id in enumerate(group.ids)
        if document_id not in known
    ]
    with connection.cursor() as cursor:
        pks = reserve_keys(cursor, MEASUREMENTS, len(fresh))
    stored = dict(known)
    measurements, disagreements = [], []
    for pk, (group, index, document_id) in zip(pks, fresh, strict=True):
        figures = group.counts.figures[index]
        stored[document_id] = StoredMeasurement(pk, **figures)
        record, statistics = group.counts.records[index], group.counts.statistics[index]
        row = (pk, document_id, keys[document_id], _text(record), _text(statistics))
        measurements.append((*row, *(figures[name] for name in FIGURES)))
        located = zip(group.disagreements.rows[index], group.disagreements.located[index], strict=True)
        disagreements += [(pk, *row, place.location, place.apart) for row, place in located]
    _insert(MEASUREMENTS, measurements)
    _insert(DISAGREEMENTS, disagreements)
    heads = {
        document_id: own for group in measured for document_id, own in zip(group.ids, group.group.heads, strict=True)
    }
    _use(basis.report, stored, heads)


def _text(record: dict[str, Any]) -> str:
    return orjson.dumps(record).decode()


def reuse_measurements(basis: Basis, document_ids: Sequence[int]) -> int:
    """Make stored measurements of the same revisions part of a report; return their number.

    The caller opens the transaction.
    """
    heads = basis.heads_by_document(document_ids)
    known = _known({document_id: basis.key(own) for document_id, own in heads.items()})
    _use(basis.report, known, heads)
    return len(known)


def _known(keys: Mapping[int, str]) -> dict[int, StoredMeasurement]:
    """Return stored measurements with these keys, by document."""
    # Not filtered by key as well: two long lists make SQLite look up every combination.
    rows = Measurement.objects.filter(document__in=keys).order_by("id")
    stored = rows.values_list("document_id", "key", "id", *FIGURES)
    return {document_id: StoredMeasurement(*row) for document_id, key, *row in stored if key == keys[document_id]}


def _use(
    report: AgreementReport, measurements: Mapping[int, StoredMeasurement], heads: Mapping[int, Sequence[SetHead]]
) -> None:
    """Make measurements part of a report, with the sets they were made from."""
    documents = [
        (report.pk, document_id, row.id, row.overlap_f1, row.exact_f1, row.alpha)
        for document_id, row in sorted(measurements.items())
    ]
    reported_sets = [
        (report.pk, head.id, head.author, head.revision)
        for document_id in sorted(measurements)
        for head in heads[document_id]
    ]
    _insert(DOCUMENTS, documents)
    _insert(SETS, reported_sets)


def _insert(table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows as tuples: model objects would cost several times as much."""
    if rows:
        with connection.cursor() as cursor:
            insert_rows(cursor, table, rows)


def sums_by_import(report: AgreementReport) -> dict[str, dict[str, Any]]:
    """Return the sum of the tallies of each import by the time of its start.

    Where most documents are those of the report before, only what has changed is added to its sums.
    """
    sums: dict[str, dict[str, Any]] = {}
    measurements = _measurements(report)
    base = reports.report_to_build_on(report)
    known = _measurements(base) if base else set()
    if base is None or len(measurements ^ known) > len(measurements) / 2:
        _add(sums, measurements, sign=1)
        return sums
    sums.update(base.sums or {})
    _add(sums, known - measurements, sign=-1)
    _add(sums, measurements - known, sign=1)
    remaining = {start: without_zeros(record) for start, record in sums.items()}
    return {start: record for start, record in remaining.items() if record}


def _measurements(report: AgreementReport) -> set[int]:
    rows = DocumentAgreement.objects.filter(report=report).order_by()
    return set(rows.values_list("measurement_id", flat=True))


def _add(sums: dict[str, dict[str, Any]], measurements: Iterable[int], *, sign: int) -> None:
    ids = sorted(measurements)
    for first in range(0, len(ids), READ_AT_ONCE):
        rows = Measurement.objects.filter(pk__in=ids[first : first + READ_AT_ONCE]).order_by("id")
        for imported_at, tally in rows.values_list("document__created_at", Cast("tally", TextField())):
            add_record(sums.setdefault(imported_at.isoformat(), {}), orjson.loads(tally), sign=sign)


def statistics_of_documents(report: AgreementReport) -> list[dict[str, Any]]:
    """Return the statistics of every document of a report, in order of the documents."""
    rows = DocumentAgreement.objects.filter(report=report).order_by("document_id")
    texts = rows.values_list(Cast("measurement__statistics", TextField()), flat=True)
    return [orjson.loads(text) for text in texts.iterator(chunk_size=READ_AT_ONCE)]


def tallies_of_documents(report: AgreementReport) -> Iterator[tuple[int, Tally]]:
    """Yield the tally of every document of a report, by its id."""
    rows = DocumentAgreement.objects.filter(report=report).order_by("document_id")
    stored = rows.values_list("document_id", Cast("measurement__tally", TextField()))
    for document_id, tally in list(stored):
        yield document_id, tally_of(orjson.loads(tally))
