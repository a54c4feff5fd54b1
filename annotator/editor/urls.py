"""Addresses of the pages of `editor`."""

from django.urls import path

from annotator.editor import history_views, schema_views, views

app_name = "editor"
urlpatterns = [
    path("projects/<slug:slug>/schema/edit/", schema_views.schema_editor, name="schema"),
    path("annotation-sets/<int:set_id>/", views.edit, name="edit"),
    path("annotation-sets/<int:set_id>/submit/", views.submit, name="submit"),
    path("annotation-sets/<int:set_id>/reopen/", views.reopen, name="reopen"),
    path("annotation-sets/<int:set_id>/history/", history_views.history, name="history"),
    path("annotation-sets/<int:set_id>/restore/", history_views.restore, name="restore"),
]
