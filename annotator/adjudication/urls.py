"""Addresses of the pages of adjudication."""

from django.urls import path

from annotator.adjudication.pages import additions, queue, relations, span_editor, work

app_name = "adjudication"
urlpatterns = [
    path("projects/<slug:slug>/adjudication/", queue.queue, name="queue"),
    path("projects/<slug:slug>/adjudication/rule/", queue.rule, name="rule"),
    path("projects/<slug:slug>/adjudication/reversals/", queue.reversals, name="reversals"),
    path("documents/<int:document_id>/adjudication/", work.work, name="work"),
    path("documents/<int:document_id>/adjudication/start/", work.start, name="start"),
    path("documents/<int:document_id>/adjudication/undo/", work.undo, name="undo"),
    path("documents/<int:document_id>/adjudication/settle/", work.complete, name="settle"),
    path("documents/<int:document_id>/adjudication/reopen/", work.reopen, name="reopen"),
    path("documents/<int:document_id>/adjudication/refresh/", work.refresh, name="refresh"),
    path("documents/<int:document_id>/adjudication/document/", work.document, name="document"),
    path("documents/<int:document_id>/adjudication/add/", additions.add, name="add"),
    path("documents/<int:document_id>/adjudication/units/<int:unit_id>/relate/", relations.relate, name="relate"),
    path("documents/<int:document_id>/adjudication/units/<int:unit_id>/", work.unit, name="unit"),
    path("documents/<int:document_id>/adjudication/units/<int:unit_id>/edit/", span_editor.edit, name="edit"),
    path("documents/<int:document_id>/adjudication/units/<int:unit_id>/pin/", work.pin, name="pin"),
    path("annotation-sets/<int:set_id>/feedback/", queue.own_feedback, name="feedback"),
]
