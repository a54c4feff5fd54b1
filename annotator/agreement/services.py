"""Starting agreement reports and completing them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from annotator.agreement.counting.statistics import statistics_rows
from annotator.agreement.counting.tally_records import add_record, tally_of
from annotator.agreement.models import AgreementReport, DocumentAgreement, ReportedSet
from annotator.agreement.reports.builder import Circumstances, batch_figures, build_report, distribution, week_figures
from annotator.agreement.reports.report import LeftOut, MappedSets
from annotator.agreement.scope import METHOD, Scope
from annotator.agreement.selectors import reports, sets
from annotator.agreement.selectors.document_attributes import reported_document_attributes
from annotator.agreement.selectors.mappings import ReportMappings
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import FINAL_STATES, Job
from annotator.problems import Conflict
from projects.models import Project
from projects.schema import Schema
from projects.selectors import current_schema, schema_of

MEASURE_JOB = "measure_agreement"
GAMMA_JOB = "measure_gamma"


class NothingToCompare(Conflict):
    """No document has been finished by two annotators."""

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
    gamma: bool = True,
) -> AgreementReport:
    """Create a report and start the job that measures it; a command that runs the job passes `own_process`.

    Gamma follows in a job of its own, so that the other figures never wait for it; without `gamma` it is left out.
    """
    scope = scope or Scope()
    if not sets.comparable_documents(project, scope).exists():
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
        params={"report": report.pk, "gamma": gamma and not own_process},
        started_by=started_by,
        now=now,
        own_process=own_process,
    )
    report.save(update_fields=["job"])
    return report


def _nothing_to_compare(project: Project, scope: Scope) -> str:
    if not scope.limits_nothing:
        return _(
            "No document of “%(project)s” that matches these filters has been finished by two annotators. "
            "Use fewer filters."
        ) % {"project": project.name}
    annotators = sets.authors_in(project)
    if len(annotators) > 1:
        reason = _("no document has annotation sets of two annotators")
    elif annotators:
        reason = _("%(name)s is the only annotator with finished documents") % {"name": annotators[0]}
    else:
        reason = _("no annotator has finished a document")
    return _(
        "No document of “%(project)s” has been submitted by two annotators or imported with two annotation sets: "
        "%(reason)s. Measure agreement again when a second annotator has finished."
    ) % {"project": project.name, "reason": reason}


def _aliases(project: Project, scope: Scope) -> dict[str, str]:
    """Return the aliases of a blind report: those of the last one, and new ones in an order unrelated to names."""
    aliases = reports.latest_aliases(project)
    known = set(aliases)
    fresh = [name for name in sets.authors_in(project, scope) if name not in known]
    for name in sorted(fresh, key=lambda name: sha256(f"{project.seed}{name}".encode()).digest()):
        aliases[name] = f"Annotator {len(aliases) + 1}"
    return aliases


def job_of(report: AgreementReport) -> Job:
    """Return the job that measures a report."""
    if report.job is None:
        raise ValueError(f"Agreement report {report.pk} has lost its job.")
    return report.job


def finish_report(report: AgreementReport, *, now: datetime) -> None:
    """Add up the documents and store the figures; repeating it has the same result."""
    # Scipy takes memory and time to load, and only the job needs it.
    from annotator.agreement.reports.diagnosis import MOST_DOCUMENTS, diagnose
    from annotator.agreement.reports.measurements import (
        statistics_of_documents,
        sums_by_import,
        tallies_of_documents,
    )

    sums = sums_by_import(report)
    everything: dict[str, Any] = {}
    for record in sums.values():
        add_record(everything, record)
    total = tally_of(everything)
    schema = schema_of(current_schema(report.project))
    scope = Scope.of_record(report.scope)
    labels = _in_order(_labels_in_scope(schema, scope), total.spans.keys())
    counts = sets.count_documents(report.project, scope)
    # Of more documents the tallies of each are not read again.
    tallies = list(tallies_of_documents(report)) if total.documents <= MOST_DOCUMENTS else []
    figures = build_report(
        total,
        statistics_rows(statistics_of_documents(report), labels),
        labels=labels,
        relation_labels=_in_order(schema.relations, total.all_pairs.relations.keys()),
        circumstances=Circumstances(
            left_out=LeftOut(counts.one_set, counts.no_set, counts.open_sets),
            distribution=distribution(reports.overlap_figures(report)),
            batches=tuple(
                batch_figures(tally_of(record), at=start, labels=labels) for start, record in sorted(sums.items())
            ),
            gamma=None,
            method=METHOD,
            read_through_mapping=_mapped_sets(report),
            diagnosis=diagnose(tallies) if tallies else None,
            document_attributes=reported_document_attributes(report),
            weeks=week_figures(tallies, reports.weeks_of_documents(report), labels=labels) if tallies else None,
        ),
    )
    report.result, report.sums, report.measured_at = figures.to_record(), sums, now
    report.save(update_fields=["result", "sums", "measured_at"])


def _mapped_sets(report: AgreementReport) -> tuple[MappedSets, ...] | None:
    """Return how many sets were read through a mapping between schema versions; None when none was."""
    counts = ReportMappings.of(report).counts(report)
    return tuple(MappedSets(*versions, sets=count) for versions, count in sorted(counts.items())) or None


@transaction.atomic
def start_gamma(report: AgreementReport, *, started_by: User | None, now: datetime) -> Job | None:
    """Start the job that measures gamma of a finished report, unless it is running; None when the report has it."""
    locked = AgreementReport.objects.select_for_update(of=("self",)).select_related("gamma_job").get(pk=report.pk)
    if locked.result is None or locked.result.get("gamma"):
        return None
    if locked.gamma_job is not None and not locked.gamma_job.is_finished:
        return locked.gamma_job
    job = jobs.start(
        GAMMA_JOB, project_id=report.project_id, params={"report": report.pk}, started_by=started_by, now=now
    )
    AgreementReport.objects.filter(pk=report.pk).update(gamma_job=job)
    return job


def finish_gamma(report: AgreementReport, *, on_step: Callable[[], None] | None = None) -> None:
    """Measure gamma of a finished report and store it there; repeating it has the same result.

    `on_step` is called again and again; what it raises leaves the report without gamma.
    """
    from annotator.agreement.reports.gamma import measure_gamma
    from annotator.agreement.reports.gamma_plan import plan_gamma
    from annotator.agreement.reports.measurements import Basis
    from annotator.agreement.reports.records import to_record

    if report.result is None:
        return
    spans = int(report.result["overall"]["spans"])
    figure = measure_gamma(Basis.of(report), plan_gamma(report.pk), spans=spans, on_step=on_step)
    with transaction.atomic():
        locked = AgreementReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
        locked.result = (locked.result or report.result) | {"gamma": to_record(figure)}
        locked.save(update_fields=["result"])
    report.result = locked.result


def discard_documents(report: AgreementReport) -> None:
    """Delete the rows of a report without figures; its measurements stay for later reports."""
    _discard(AgreementReport.objects.filter(pk=report.pk))


@transaction.atomic
def discard_unfinished(project: Project) -> None:
    """Delete the rows of reports whose jobs have ended without figures.

    A job that is cancelled cleans up after itself; one whose process was killed cannot.
    """
    ended = Q(job__state__in=FINAL_STATES) | Q(job__isnull=True)
    _discard(AgreementReport.objects.filter(ended, project=project))


def _discard(reports: QuerySet[AgreementReport]) -> None:
    ids = list(reports.filter(measured_at__isnull=True).order_by("id").values_list("id", flat=True))
    for rows in (DocumentAgreement, ReportedSet):
        rows.objects.filter(report__in=ids).delete()


def _labels_in_scope(schema: Schema, scope: Scope) -> list[str]:
    return [label for label in schema.labels if not scope.labels or label in scope.labels]


def _in_order(known: Iterable[str], occurring: Iterable[str]) -> list[str]:
    """Return the names of the schema in its order, then those that occur only in older schema versions."""
    ordered = list(known)
    return ordered + sorted(set(occurring) - set(ordered))
