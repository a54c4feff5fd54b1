"""Starting agreement reports and adding them up."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from annotator.agreement import report_parts, selectors, set_selectors
from annotator.agreement.adding_up import statistics_of_documents, sums_by_import
from annotator.agreement.models import AgreementReport, DocumentAgreement, ReportedSet
from annotator.agreement.reports import report_of
from annotator.agreement.scope import METHOD, Scope
from annotator.agreement.statistics import statistics_rows
from annotator.agreement.tally_records import Record, add_record, tally_of
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.problems import Conflict
from projects.models import Project
from projects.schema import Schema
from projects.selectors import current_schema, schema_of

MEASURE_JOB = "measure_agreement"


class NothingToCompare(Conflict):
    """No document has been finished by two people."""

    code = "nothing_to_compare"
    title = "Nothing to compare yet"


@transaction.atomic
def start_report(
    project: Project,
    *,
    started_by: User | None,
    now: datetime,
    scope: Scope | None = None,
    own_process: bool = False,
) -> AgreementReport:
    """Note that a report is wanted and start the job that makes it; a command that runs it passes `own_process`."""
    scope = scope or Scope()
    if not set_selectors.comparable_documents(project, scope).exists():
        raise NothingToCompare(_nothing_to_compare(project, scope))
    report = AgreementReport.objects.create(
        project=project,
        created_by=started_by,
        created_at=now,
        scope=scope.as_record(),
        aliases=_aliases(project, scope) if scope.blind else {},
    )
    report.job = jobs.start(
        MEASURE_JOB,
        project_id=project.pk,
        params={"report": report.pk},
        started_by=started_by,
        now=now,
        own_process=own_process,
    )
    report.save(update_fields=["job"])
    return report


def _nothing_to_compare(project: Project, scope: Scope) -> str:
    if not scope.limits_nothing:
        return (
            f"Within what you chose, no document of “{project.name}” has been finished by two people. "
            "Choose fewer limits."
        )
    people = set_selectors.authors_in(project)
    who = f"only {people[0]} has finished something" if len(people) == 1 else "no document has sets of two people"
    return (
        f"No document of “{project.name}” has been submitted by two people, or came in with two annotation sets: "
        f"{who if people else 'nobody has finished anything'}. Measure again when the second one has."
    )


def _aliases(project: Project, scope: Scope) -> dict[str, str]:
    """What a blind report calls people: as the one before did, new people in an order that their names do not tell."""
    aliases = selectors.latest_aliases(project)
    known = set(aliases)
    fresh = [name for name in set_selectors.authors_in(project, scope) if name not in known]
    for name in sorted(fresh, key=lambda name: sha256(f"{project.seed}{name}".encode()).digest()):
        aliases[name] = f"Annotator {len(aliases) + 1}"
    return aliases


def job_of(report: AgreementReport) -> Job:
    """Return the job that makes a report."""
    if report.job is None:
        raise ValueError(f"Agreement report {report.pk} has lost its job.")
    return report.job


def finish_report(report: AgreementReport, *, now: datetime) -> None:
    """Add up the documents and store the figures; doing it again gives the same."""
    # Scipy takes memory and time to load, and only the job needs it.
    from annotator.agreement.measuring import Basis
    from annotator.agreement.project_gamma import gamma_record

    sums = sums_by_import(report)
    everything: Record = {}
    for record in sums.values():
        add_record(everything, record)
    total = tally_of(everything)
    schema = schema_of(current_schema(report.project))
    scope = Scope.of_record(report.scope)
    pooled = total.all_pairs
    labels = _in_order(_labels_in_scope(schema, scope), total.spans.keys())
    result = report_of(
        total,
        statistics_rows(statistics_of_documents(report), labels),
        labels=labels,
        relation_labels=_in_order(schema.relations, pooled.relations.keys()),
    )
    absent = set_selectors.left_out(report.project, scope)
    result["left_out"] = {"one_set": absent.one_set, "no_set": absent.no_set, "open_sets": absent.open_sets}
    result["distribution"] = report_parts.distribution(selectors.same_place_figures(report))
    result["batches"] = [
        report_parts.batch_record(tally_of(record), at=at, labels=labels) for at, record in sorted(sums.items())
    ]
    result["gamma"] = gamma_record(Basis.of(report), spans=result["overall"]["spans"])
    result["method"] = METHOD
    report.result, report.sums, report.measured_at = result, sums, now
    report.save(update_fields=["result", "sums", "measured_at"])


def discard_documents(report: AgreementReport) -> None:
    """Delete what a report without figures holds so far; the measurements stay for the reports to come."""
    _discard(AgreementReport.objects.filter(pk=report.pk))


@transaction.atomic
def discard_unfinished(project: Project) -> None:
    """Delete what is left in a project of reports whose jobs have ended without figures: given up, failed, cancelled.

    A job that was cancelled at work has cleared up itself; one whose process was killed for the last time could not.
    """
    ended = Q(job__state__in=FINAL_STATES) | Q(job__isnull=True)
    _discard(AgreementReport.objects.filter(ended, project=project))


def _discard(reports: QuerySet[AgreementReport]) -> None:
    ids = list(reports.filter(measured_at__isnull=True).order_by("id").values_list("id", flat=True))
    for rows in (DocumentAgreement, ReportedSet):
        rows.objects.filter(report__in=ids).delete()


def _labels_in_scope(schema: Schema, scope: Scope) -> list[str]:
    return [label for label in schema.labels if not scope.labels or label in scope.labels]


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
