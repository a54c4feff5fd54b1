"""Addresses of the API of `editor`."""

from django.urls import path

from annotator.editor import api

app_name = "editor-api"
urlpatterns = [path("annotation-sets/<int:set_id>/editor/", api.EditorPayload.as_view(), name="payload")]
