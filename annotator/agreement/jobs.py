"""The job that measures agreement."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from annotator.agreement import selectors, services, set_selectors
from annotator.agreement.models import AgreementReport
from annotator.platform.garbage import paused_collector
from annotator.platform.jobs.context import CancelRequested, JobContext
from annotator.platform.jobs.registry import job_kind

LOOKED_UP_AT_ONCE = 2000


@job_kind(services.MEASURE_JOB, title="Agreement")
def measure_agreement(context: JobContext) -> dict[str, Any]:
    """Take over what has not moved, measure the rest batch by batch, each committed with its checkpoint, add up.

    Whoever cancels it leaves nothing of the report but what other reports can take over: the measurements.
    """
    report = AgreementReport.objects.select_related("project").get(pk=context.params["report"])
    services.discard_unfinished(report.project)
    try:
        reused = _measure(context, report)
        with paused_collector():
            services.finish_report(report, now=timezone.now())
    except (CancelRequested, KeyboardInterrupt):
        with transaction.atomic():
            services.discard_documents(report)
            # Takes the deletion back when another attempt has taken over: that one builds on these rows.
            context.save_checkpoint(None)
        raise
    return _result(report, reused)


def _measure(context: JobContext, report: AgreementReport) -> int:
    """Make every document part of the report; return how many were taken over."""
    # Numpy takes its time; the web process reads this file too.
    from annotator.agreement import measuring
    from annotator.agreement.reading import batches

    basis = measuring.Basis.of(report)
    # All ids at once: a reading cursor left open would make every write on the same connection fail under SQLite.
    documents = set_selectors.comparable_documents(report.project, basis.scope)
    total = documents.count()
    reused = 0
    for ids in _chunks(list(selectors.not_yet_in(report, documents).values_list("id", flat=True))):
        context.set_progress(0, total)
        with transaction.atomic():
            reused += measuring.reuse_measurements(basis, ids)
            context.save_checkpoint(ids[-1])
    waiting = list(selectors.not_yet_in(report, documents).values_list("id", "length"))
    for document_ids in batches(waiting):
        context.set_progress(total - len(waiting), total)
        with paused_collector():
            measured = measuring.measure_documents(basis, document_ids)
            with transaction.atomic():
                measuring.store_measured(basis, measured)
                context.save_checkpoint(document_ids[-1])
            del measured
        waiting = waiting[len(document_ids) :]
    context.set_progress(total, total)
    return reused


def _result(report: AgreementReport, reused: int) -> dict[str, Any]:
    """What the page of the job says."""
    done = selectors.documents_of(report).count()
    taken_over = f", {reused:,} of them taken over from before" if reused else ""
    return {
        "report": report.pk,
        "reused": reused,
        "summary": f"Agreement is measured on {done:,} document{'' if done == 1 else 's'}{taken_over}.",
        "url": reverse("agreement:report", args=[report.project.slug, report.pk]),
        "url_text": "Read the report",
    }


def _chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[at : at + LOOKED_UP_AT_ONCE] for at in range(0, len(ids), LOOKED_UP_AT_ONCE)]
