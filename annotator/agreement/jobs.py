"""The job that measures agreement."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from annotator.agreement import selectors, services
from annotator.agreement.models import AgreementReport
from annotator.agreement.reading import batches
from annotator.jobs.context import JobContext
from annotator.jobs.registry import job_kind


@job_kind(services.MEASURE_JOB, title="Agreement")
def measure_agreement(context: JobContext) -> dict[str, Any]:
    """Tally documents batch by batch, each committed with its checkpoint, then add them up."""
    report = AgreementReport.objects.select_related("project").get(pk=context.params["report"])
    annotators = selectors.names_of_annotators(report.project)
    done = selectors.documents_of(report).count()
    # All ids at once: a reading cursor left open would make every write on the same connection fail under SQLite.
    waiting = list(
        selectors.comparable_documents(report.project).filter(pk__gt=context.cursor or 0).values_list("id", "length")
    )
    total = done + len(waiting)
    for document_ids in batches(waiting):
        context.set_progress(done, total)
        rows = services.measure_documents(report, document_ids, annotators=annotators)
        with transaction.atomic():
            services.store_documents(rows)
            context.save_checkpoint(document_ids[-1])
        done += len(document_ids)
    context.set_progress(done, total)
    services.finish_report(report, now=timezone.now())
    return {
        "report": report.pk,
        "summary": f"Agreement is measured on {done:,} documents.",
        "url": reverse("agreement:report", args=[report.project.slug, report.pk]),
        "url_text": "Read the report",
    }
