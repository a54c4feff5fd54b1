"""API of the speaker registry."""

from django.urls import path

from annotator.corpus.speakers import api

app_name = "speakers-api"
_BASE = "projects/<slug:slug>/speakers/"
urlpatterns = [
    path(_BASE, api.EntryList.as_view(), name="entries"),
    path(f"{_BASE}resolve/", api.Resolve.as_view(), name="resolve"),
    path(f"{_BASE}mentions/", api.Mentions.as_view(), name="mentions"),
    path(f"{_BASE}agreement/", api.Agreement.as_view(), name="agreement"),
    path(f"{_BASE}annotations/", api.FromAnnotations.as_view(), name="annotations"),
    path(f"{_BASE}import/", api.Import.as_view(), name="import"),
    path(f"{_BASE}changes/", api.ChangeList.as_view(), name="changes"),
    path(f"{_BASE}changes/<int:change_id>/undo/", api.ChangeUndo.as_view(), name="undo"),
    path(f"{_BASE}<int:entry_id>/", api.EntryDetail.as_view(), name="entry"),
    path(f"{_BASE}<int:entry_id>/merge/", api.Merge.as_view(), name="merge"),
    path(f"{_BASE}<int:entry_id>/split/", api.Split.as_view(), name="split"),
]
