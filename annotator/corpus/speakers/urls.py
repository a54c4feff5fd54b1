"""Addresses of the pages of the speaker registry."""

from django.urls import path

from annotator.corpus.speakers import views

app_name = "speakers"
_BASE = "projects/<slug:slug>/speakers/"
urlpatterns = [
    path(_BASE, views.entries, name="entries"),
    path(f"{_BASE}mentions/", views.mentions, name="mentions"),
    path(f"{_BASE}annotations/", views.annotations, name="annotations"),
    path(f"{_BASE}import/", views.import_file, name="import"),
    path(f"{_BASE}history/", views.history, name="history"),
    path(f"{_BASE}history/<int:change_id>/undo/", views.undo, name="undo"),
    path(f"{_BASE}agreement/", views.agreement, name="agreement"),
    path(f"{_BASE}download/<slug:file_format>/", views.download, name="download"),
    path(f"{_BASE}<int:entry_id>/", views.entry, name="entry"),
    path(f"{_BASE}<int:entry_id>/change/", views.change, name="change"),
]
