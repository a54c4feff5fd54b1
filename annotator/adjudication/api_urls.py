"""API of `adjudication`."""

from django.urls import path

from annotator.adjudication import api, document_api

app_name = "adjudication-api"
urlpatterns = [
    path("projects/<slug:slug>/adjudications/", api.AdjudicationList.as_view(), name="adjudications"),
    path("projects/<slug:slug>/adjudication-rule/", api.RuleDetail.as_view(), name="rule"),
    path("documents/<int:document_id>/adjudication/", api.AdjudicationDetail.as_view(), name="adjudication"),
    path("documents/<int:document_id>/adjudication/expected/", api.Expected.as_view(), name="expected"),
    path("documents/<int:document_id>/adjudication/units/", api.UnitList.as_view(), name="units"),
    path("documents/<int:document_id>/adjudication/decisions/", api.Decisions.as_view(), name="decisions"),
    path(
        "documents/<int:document_id>/adjudication/document/",
        document_api.DocumentDecisions.as_view(),
        name="document-decisions",
    ),
    path("documents/<int:document_id>/adjudication/undo/", api.Undo.as_view(), name="undo"),
    path("documents/<int:document_id>/adjudication/settle/", api.Complete.as_view(), name="settle"),
    path("documents/<int:document_id>/adjudication/reopen/", api.Reopen.as_view(), name="reopen"),
    path("documents/<int:document_id>/adjudication/refresh/", api.Refresh.as_view(), name="refresh"),
]
