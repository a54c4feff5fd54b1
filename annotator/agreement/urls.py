"""Addresses of the pages of agreement."""

from django.urls import path

from annotator.agreement import disagreement_views, views

app_name = "agreement"
urlpatterns = [
    path("projects/<slug:slug>/agreement/", views.latest, name="latest"),
    path("projects/<slug:slug>/agreement/measure/", views.measure, name="measure"),
    path("projects/<slug:slug>/agreement/measures/", views.measures, name="measures"),
    path("projects/<slug:slug>/agreement/<int:report_id>/", views.report, name="report"),
    path(
        "projects/<slug:slug>/agreement/<int:report_id>/disagreements/",
        disagreement_views.disagreements,
        name="disagreements",
    ),
    path(
        "projects/<slug:slug>/agreement/<int:report_id>/documents/<int:document_id>/",
        views.compare,
        name="side-by-side",
    ),
]
