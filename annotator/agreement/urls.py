"""Addresses of the pages of agreement."""

from django.urls import path

from annotator.agreement import disagreement_views, pattern_views, views

app_name = "agreement"
REPORT = "projects/<slug:slug>/agreement/<int:report_id>/"
urlpatterns = [
    path("projects/<slug:slug>/agreement/", views.latest, name="latest"),
    path("projects/<slug:slug>/agreement/measure/", views.measure, name="measure"),
    path("projects/<slug:slug>/agreement/measures/", views.measures, name="measures"),
    path(REPORT, views.report, name="report"),
    path(f"{REPORT}report.json", views.report_json, name="json"),
    path(f"{REPORT}report.csv", views.report_csv, name="csv"),
    path(f"{REPORT}against/", views.against, name="against"),
    path(f"{REPORT}disagreements/", disagreement_views.disagreements, name="disagreements"),
    path(f"{REPORT}disagreements.csv", disagreement_views.as_table, name="disagreements-csv"),
    path(f"{REPORT}disagreements.jsonl", disagreement_views.as_lines, name="disagreements-jsonl"),
    path(f"{REPORT}patterns/", pattern_views.patterns, name="patterns"),
    path(f"{REPORT}patterns.md", pattern_views.draft, name="draft"),
    path(f"{REPORT}documents/<int:document_id>/", views.compare, name="side-by-side"),
]
