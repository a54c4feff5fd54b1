"""Starting agreement reports and making them, a batch of documents at a time."""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from annotator.accounts.models import User
from annotator.agreement import reading, selectors
from annotator.agreement.models import AgreementReport, DocumentAgreement, ReportedSet
from annotator.agreement.reports import overall_alpha, report_of, statistics_rows
from annotator.agreement.tallies import Tally, tally_document
from annotator.agreement.tally_records import record_of, tally_of
from annotator.jobs import services as jobs
from annotator.jobs.models import Job
from annotator.problems import Conflict
from projects.models import Project
from projects.schema_reading import read_schema
from projects.selectors import current_schema

MEASURE_JOB = "measure_agreement"
READ_AT_ONCE = 500


class NothingToCompare(Conflict):
    """No document has been finished by two people."""

    code = "nothing_to_compare"
    title = "Nothing to compare yet"


@transaction.atomic
def start_report(
    project: Project, *, started_by: User | None, now: datetime, own_process: bool = False
) -> AgreementReport:
    """Note that a report is wanted and start the job that makes it; a command that runs it passes `own_process`."""
    if not selectors.comparable_documents(project).exists():
        raise NothingToCompare(
            f"No document of “{project.name}” has been submitted by two people, or came in with two annotation sets. "
            "Measure again when the second one has."
        )
    report = AgreementReport.objects.create(project=project, created_by=started_by, created_at=now)
    report.job = jobs.start(
        MEASURE_JOB,
        project=project,
        params={"report": report.pk},
        started_by=started_by,
        now=now,
        own_process=own_process,
    )
    report.save(update_fields=["job"])
    return report


def job_of(report: AgreementReport) -> Job:
    """Return the job that makes a report."""
    if report.job is None:
        raise ValueError(f"Agreement report {report.pk} has lost its job.")
    return report.job


MeasuredRows = tuple[list[DocumentAgreement], list[ReportedSet]]


def measure_documents(
    report: AgreementReport, document_ids: Sequence[int], *, annotators: Container[str]
) -> MeasuredRows:
    """Tally some documents; the rows are not stored yet. `annotators` are the names of people of the site.

    Revisions are read before the spans: if somebody saves in between, the report holds an older revision than its
    figures and says that it is stale, never the other way round.
    """
    heads = selectors.heads_of(report.project, document_ids, annotators=annotators)
    batch = reading.read_batch(document_ids, heads)
    documents, sets = [], []
    for read in batch.documents:
        if len(read.heads) < 2:
            continue  # somebody has just taken a set back
        tally = tally_document(read.document, labels=batch.labels, relation_labels=batch.relation_labels)
        documents.append(_document_row(report, read.id, tally))
        sets += [
            ReportedSet(report=report, annotation_set_id=head.id, author=head.author, revision=head.revision)
            for head in read.heads
        ]
    return documents, sets


def _document_row(report: AgreementReport, document_id: int, tally: Tally) -> DocumentAgreement:
    pooled = tally.all_pairs.all_spans
    figures = {"overlap_f1": pooled.overlap_f1, "exact_f1": pooled.exact_f1, "alpha": overall_alpha(tally)}
    return DocumentAgreement(
        report=report,
        document_id=document_id,
        tally=record_of(tally),
        **{name: figure.value if figure.is_defined else None for name, figure in figures.items()},
    )


def store_documents(rows: MeasuredRows) -> None:
    """Store what `measure_documents` made; the caller opens the transaction."""
    documents, sets = rows
    DocumentAgreement.objects.bulk_create(documents)
    ReportedSet.objects.bulk_create(sets)


def finish_report(report: AgreementReport, *, now: datetime) -> None:
    """Add up the documents and store the figures; doing it again gives the same."""
    total = sum(_tallies(report), Tally())
    schema = read_schema(current_schema(report.project).definition)
    pooled = total.all_pairs
    labels = _in_order(schema.labels, total.spans.keys())
    result = report_of(
        total,
        statistics_rows(_tallies(report), labels),
        labels=labels,
        relation_labels=_in_order(schema.relations, pooled.relations.keys()),
    )
    absent = selectors.left_out(report.project)
    result["left_out"] = {"one_set": absent.one_set, "no_set": absent.no_set}
    report.result, report.measured_at = result, now
    report.save(update_fields=["result", "measured_at"])


def _tallies(report: AgreementReport) -> Iterator[Tally]:
    rows = DocumentAgreement.objects.filter(report=report).order_by("id").values_list("tally", flat=True)
    for record in rows.iterator(chunk_size=READ_AT_ONCE):
        yield tally_of(record)


def _in_order(known: Iterable[str], found: Iterable[str]) -> list[str]:
    """Names of the schema in its order, then those that occur only in work made under an older one."""
    ordered = list(known)
    return ordered + sorted(set(found) - set(ordered))


class ReportNotFinished(Conflict):
    """There are no figures yet."""

    code = "report_not_finished"


def result_of(report: AgreementReport) -> dict[str, Any]:
    """Return the figures of a finished report."""
    if report.result is None:
        raise ReportNotFinished("This report is not finished; look at its job.")
    result: dict[str, Any] = report.result
    return result
