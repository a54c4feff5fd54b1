"""Imports over the API."""

from django.urls import path

from annotator.imports import api

app_name = "imports-api"
urlpatterns = [
    path("projects/<slug:slug>/imports/", api.Imports.as_view(), name="imports"),
    path("projects/<slug:slug>/imports/<int:preview_id>/", api.PreviewedImport.as_view(), name="previewed"),
]
