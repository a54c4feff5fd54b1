"""The job that writes an export."""

from typing import Any

from django.utils.translation import gettext, ngettext

from annotator.corpus.documents.selectors import has_many_documents
from annotator.datasets.exports import services
from annotator.datasets.exports.models import Export
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.registry import job_kind


@job_kind(services.EXPORT_JOB, title="Export data", page="datasets:exports", long=has_many_documents)
def export_dataset(context: JobContext) -> dict[str, Any]:
    """Write the files of an export; a second attempt replaces those of the first."""

    def on_progress(done: int, total: int) -> None:
        context.raise_if_cancelled()
        context.set_progress(done, total)

    export = Export.objects.select_related("project").get(pk=context.params["export_id"])
    services.write_export(export, on_progress=on_progress)
    export.refresh_from_db()
    counts = services.manifest_of(export)
    documents, spans = counts["documents"], counts["spans"]["all"]
    summary = ", ".join(
        [
            ngettext("Exported {count:,} document", "Exported {count:,} documents", documents).format(count=documents),
            ngettext("{count:,} span.", "{count:,} spans.", spans).format(count=spans),
        ]
    )
    return {
        "export": export.pk,
        "sha256": export.sha256,
        "summary": summary,
        "page": ["datasets:exports", export.project.slug],
        "url_text": gettext("Show exports"),
    }
