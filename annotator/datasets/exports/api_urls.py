"""Addresses of the exports API."""

from django.urls import path

from annotator.datasets.exports import api

urlpatterns = [
    path("projects/<slug:slug>/exports/", api.ExportList.as_view(), name="api-exports"),
    path("projects/<slug:slug>/exports/preview/", api.ExportPreview.as_view(), name="api-export-preview"),
    path("exports/<int:export_id>/", api.ExportDetail.as_view(), name="api-export"),
    path("exports/<int:export_id>/data/", api.ExportData.as_view(), name="api-export-data"),
    path("exports/<int:export_id>/losses/", api.ExportLosses.as_view(), name="api-export-losses"),
    path("exports/<int:export_id>/losses/all/", api.ExportLossList.as_view(), name="api-export-loss-list"),
    path("exports/<int:export_id>/manifest/", api.ExportManifest.as_view(), name="api-export-manifest"),
]
