"""The job that brings a ledger up to date."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotator.corpus.speakers.selectors import registry_state
from annotator.ledger import services
from annotator.ledger.models import Ledger
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.registry import job_kind


@job_kind(services.UPDATE_JOB, title="Ledger", page="ledger:ledger")
def update_ledger(context: JobContext) -> dict[str, Any]:
    """Read the documents that changed, in batches that each commit, then make their propositions."""
    ledger = Ledger.objects.select_related("project").get(pk=context.params["ledger"])
    registry = registry_state(ledger.project)
    changed, gone = services.changed_sources(ledger)
    if services.registry_has_changed(ledger):
        changed += services.renamed_sources(ledger, besides={source.document_id for source in changed})
    services.forget_documents(ledger, rows=gone)
    for begin in range(0, len(changed), services.DOCUMENTS_AT_ONCE):
        context.set_progress(begin, len(changed))
        services.read_documents(ledger, changed[begin : begin + services.DOCUMENTS_AT_ONCE])
    context.set_progress(len(changed), len(changed))
    services.complete(ledger, registry=registry, now=timezone.now())
    count = ledger.propositions.count()
    summary = ngettext("The ledger has %(count)s proposition.", "The ledger has %(count)s propositions.", count)
    return {
        "ledger": ledger.pk,
        "read": len(changed),
        "summary": summary % {"count": f"{count:,}"},
        "url": f"{reverse('ledger:ledger', args=[ledger.project.slug])}?view={ledger.view}",
        "url_text": _("Open the ledger"),
    }
