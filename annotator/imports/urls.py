"""Pages of imports."""

from django.urls import path

from annotator.imports import preview_views, views

app_name = "imports"
urlpatterns = [
    path("projects/<slug:slug>/documents/import/", views.new, name="new"),
    path("projects/<slug:slug>/documents/import/<int:preview_id>/", preview_views.preview, name="preview"),
]
