"""Addresses of the site."""

from django.urls import include, path

from annotator.http import views

handler400 = "annotator.http.views.bad_request"
handler403 = "annotator.http.views.forbidden"
handler404 = "annotator.http.views.not_found"
handler500 = "annotator.http.views.server_error"

urlpatterns = [
    path("", include("annotator.accounts.urls")),
    # Before the dashboard: projects/new/ must not look like a project called “new”.
    path("", include("projects.urls")),
    path("", include("annotator.dashboard.urls")),
    path("", include("annotator.jobs.urls")),
    path("", include("annotator.imports.urls")),
    path("", include("annotator.assignments.urls")),
    path("", include("annotator.editor.urls")),
    path("", include("annotator.agreement.urls")),
    path("", include("annotator.adjudication.urls")),
    path("", include("annotator.datasets.urls")),
    path("", include("annotator.releases.urls")),
    path("", include("annotator.removal.urls")),
    path("healthz/live/", views.live, name="live"),
    path("healthz/ready/", views.ready, name="ready"),
    path("api/v1/", include("annotator.api_urls")),
    path("api/schema/", views.description, name="schema"),
    path("api/", views.reference, name="api-page"),
]
