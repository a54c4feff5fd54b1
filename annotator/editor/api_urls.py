"""Addresses of the API of `editor`."""

from django.urls import path

from annotator.editor import api

app_name = "editor-api"
urlpatterns = [
    path("annotation-sets/<int:set_id>/editor/", api.EditorPayload.as_view(), name="payload"),
    path("annotation-sets/<int:set_id>/upcoming/", api.UpcomingPayload.as_view(), name="upcoming"),
]
