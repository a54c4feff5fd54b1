"""The job that measures agreement."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.agreement import services
from annotator.agreement.models import AgreementReport
from annotator.agreement.selectors import reports, sets
from annotator.corpus.documents.selectors import has_many_documents
from annotator.platform.garbage import paused_collector
from annotator.platform.jobs.context import CancelRequested, JobContext
from annotator.platform.jobs.registry import job_kind

READ_AT_ONCE = 2000
CHECKED_EVERY = 0.3


@job_kind(services.MEASURE_JOB, title="Agreement", page="agreement:latest", long=has_many_documents)
def measure_agreement(context: JobContext) -> dict[str, Any]:
    """Reuse measurements of unchanged sets, measure the rest in batches (each with its checkpoint), and add up.

    A cancelled job leaves only measurements, which other reports can reuse.
    """
    report = AgreementReport.objects.select_related("project").get(pk=context.params["report"])
    services.discard_unfinished(report.project)
    try:
        reused = _measure(context, report)
        with paused_collector():
            services.finish_report(report, now=timezone.now())
        if context.params.get("gamma", True):
            services.start_gamma(report, started_by=context.started_by, now=timezone.now())
    except (CancelRequested, KeyboardInterrupt):
        with transaction.atomic():
            services.discard_documents(report)
            # Undoes the deletion when another attempt has taken over, which continues with these rows.
            context.save_checkpoint(None)
        raise
    return _result(report, reused)


@job_kind(services.GAMMA_JOB, title="Gamma", page="agreement:latest")
def measure_gamma(context: JobContext) -> dict[str, Any]:
    """Measure gamma of a finished report within its budget; a cancelled job leaves the report without it."""
    report = AgreementReport.objects.select_related("project").get(pk=context.params["report"])
    context.raise_if_cancelled()
    with paused_collector():
        services.finish_gamma(report, on_step=_now_and_then(context.raise_if_cancelled))
    return {
        "report": report.pk,
        "summary": _("Gamma was measured."),
        "page": ["agreement:report#gamma", report.project.slug, report.pk],
        "url_text": _("Open the report"),
    }


def _now_and_then(check: Callable[[], None]) -> Callable[[], None]:
    """Return a function that calls another one, at most every `CHECKED_EVERY` seconds: each check is a query."""
    last = time.monotonic()

    def step() -> None:
        nonlocal last
        if time.monotonic() - last >= CHECKED_EVERY:
            last = time.monotonic()
            check()

    return step


def _measure(context: JobContext, report: AgreementReport) -> int:
    """Make every document part of the report; return for how many a stored measurement was reused."""
    # The web process imports this module too, and does not measure.
    from annotator.agreement.reports import measurements
    from annotator.agreement.selectors.spans import batches

    basis = measurements.Basis.of(report)
    # All ids at once: under SQLite, an open cursor would make every write on the same connection fail.
    documents = sets.comparable_documents(report.project, basis.scope)
    total = documents.count()
    reused = 0
    for ids in _chunks(list(reports.not_yet_in(report, documents).values_list("id", flat=True))):
        context.set_progress(0, total)
        with transaction.atomic():
            reused += measurements.reuse_measurements(basis, ids)
            context.save_checkpoint(ids[-1])
    waiting = list(reports.not_yet_in(report, documents).values_list("id", "length"))
    for document_ids in batches(waiting):
        context.set_progress(total - len(waiting), total)
        with paused_collector():
            measured = measurements.measure_documents(basis, document_ids)
            with transaction.atomic():
                measurements.store_measurements(basis, measured)
                context.save_checkpoint(document_ids[-1])
            del measured
        waiting = waiting[len(document_ids) :]
    context.set_progress(total, total)
    return reused


def _result(report: AgreementReport, reused: int) -> dict[str, Any]:
    """Return what the page of the job shows."""
    count = reports.documents_of(report).count()
    summary = ngettext(
        "Agreement was measured on %(documents)s document.", "Agreement was measured on %(documents)s documents.", count
    ) % {"documents": f"{count:,}"}
    if reused:
        unchanged = ngettext(
            "%(reused)s of them had not changed since an earlier report.",
            "%(reused)s of them had not changed since an earlier report.",
            reused,
        )
        summary = f"{summary} {unchanged % {'reused': f'{reused:,}'}}"
    return {
        "report": report.pk,
        "reused": reused,
        "summary": summary,
        "page": ["agreement:report", report.project.slug, report.pk],
        "url_text": _("Open the report"),
    }


def _chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[first : first + READ_AT_ONCE] for first in range(0, len(ids), READ_AT_ONCE)]
