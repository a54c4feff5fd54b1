"""Pages of imports."""

from django.urls import path

from annotator.imports import views
from annotator.imports.preview.views import mapping_file, preview

app_name = "imports"
urlpatterns = [
    path("projects/<slug:slug>/documents/import/", views.new, name="new"),
    path("projects/<slug:slug>/documents/import/<int:preview_id>/", preview, name="preview"),
    path("projects/<slug:slug>/documents/import/<int:preview_id>/mapping.json", mapping_file, name="mapping-file"),
]
