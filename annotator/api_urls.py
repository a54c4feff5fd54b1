"""Addresses of the API, version 1."""

from django.urls import include, path

urlpatterns = [
    path("", include("annotator.accounts.api_urls")),
    path("", include("projects.api_urls")),
    path("", include("annotator.jobs.api_urls")),
    path("", include("annotator.documents.api_urls")),
    path("", include("annotator.imports.api_urls")),
    path("", include("annotator.spans.api_urls")),
    path("", include("annotator.assignments.api_urls")),
    path("", include("annotator.timing.api_urls")),
    path("", include("annotator.editor.api_urls")),
    path("", include("annotator.agreement.api_urls")),
    path("", include("annotator.adjudication.api_urls")),
    path("", include("annotator.datasets.api_urls")),
    path("", include("annotator.releases.api_urls")),
]
