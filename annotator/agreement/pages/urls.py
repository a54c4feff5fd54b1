"""URLs of the agreement pages."""

from django.urls import path

from annotator.agreement.pages import pictures, views

app_name = "agreement"
REPORT = "projects/<slug:slug>/agreement/<int:report_id>/"
urlpatterns = [
    path("projects/<slug:slug>/agreement/", views.latest, name="latest"),
    path("projects/<slug:slug>/agreement/measure/", views.measure, name="measure"),
    path("projects/<slug:slug>/agreement/measures/", views.measures, name="measures"),
    path("projects/<slug:slug>/agreement/document/", views.document_attributes, name="document-attributes"),
    path(REPORT, views.report, name="report"),
    path(f"{REPORT}gamma/", views.measure_gamma, name="gamma"),
    path(f"{REPORT}report.json", views.report_json, name="json"),
    path(f"{REPORT}report.csv", views.report_csv, name="csv"),
    *(path(f"{REPORT}{name}.svg", pictures.picture, {"name": name}, name=name) for name in pictures.PICTURES),
    path(f"{REPORT}trend.csv", pictures.trend_csv, name="trend-csv"),
    path(f"{REPORT}against/", views.compare_two_reports, name="against"),
    path(f"{REPORT}disagreements/", views.disagreements, name="disagreements"),
    path(f"{REPORT}disagreements.csv", views.disagreements_csv, name="disagreements-csv"),
    path(f"{REPORT}disagreements.jsonl", views.disagreements_json_lines, name="disagreements-jsonl"),
    path(f"{REPORT}locations.csv", views.locations_csv, name="locations-csv"),
    path(f"{REPORT}locations.jsonl", views.locations_json_lines, name="locations-jsonl"),
    path(f"{REPORT}patterns/", views.patterns, name="patterns"),
    path(f"{REPORT}patterns.md", views.draft, name="draft"),
    path(f"{REPORT}documents/<int:document_id>/", views.side_by_side, name="side-by-side"),
]
