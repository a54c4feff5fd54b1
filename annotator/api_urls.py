"""Addresses of the API, version 1."""

from django.urls import include, path

urlpatterns = [
    # Saves come most often: patterns are tried in this order.
    path("", include("annotator.corpus.spans.api_urls")),
    path("", include("annotator.platform.accounts.api_urls")),
    path("", include("projects.api_urls")),
    path("", include("annotator.site.jobs.api_urls")),
    path("", include("annotator.site.search.api_urls")),
    path("", include("annotator.site.work_table.api_urls")),
    path("", include("annotator.site.inbox.api_urls")),
    path("", include("annotator.workload.questions.api_urls")),
    path("", include("annotator.corpus.documents.api_urls")),
    path("", include("annotator.imports.api_urls")),
    path("", include("annotator.corpus.suggestions.api_urls")),
    path("", include("annotator.corpus.relabelling.api_urls")),
    path("", include("annotator.corpus.speakers.api_urls")),
    path("", include("annotator.workload.assignments.api_urls")),
    path("", include("annotator.workload.timing.api_urls")),
    path("", include("annotator.editor.api_urls")),
    path("", include("annotator.agreement.api_urls")),
    path("", include("annotator.adjudication.api_urls")),
    path("", include("annotator.quality.api_urls")),
    path("", include("annotator.suggestions.api_urls")),
    path("", include("annotator.ledger.api_urls")),
    path("", include("annotator.datasets.exports.api_urls")),
    path("", include("annotator.datasets.releases.api_urls")),
]
