"""Addresses of the API of agreement."""

from django.urls import path

from annotator.agreement import api

app_name = "agreement-api"
urlpatterns = [
    path(
        "projects/<slug:slug>/document-attribute-agreement/",
        api.DocumentAttributeAgreement.as_view(),
        name="document-attributes",
    ),
    path("projects/<slug:slug>/agreement-reports/", api.ReportList.as_view(), name="reports"),
    path("agreement-reports/<int:report_id>/", api.ReportDetail.as_view(), name="report"),
    path("agreement-reports/<int:report_id>/documents/", api.ReportDocuments.as_view(), name="documents"),
    path("agreement-reports/<int:report_id>/disagreements/", api.ReportDisagreements.as_view(), name="disagreements"),
    path("agreement-reports/<int:report_id>/locations/", api.ReportLocations.as_view(), name="locations"),
]
