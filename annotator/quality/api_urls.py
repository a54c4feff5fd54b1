"""API of quality control."""

from django.urls import path

from annotator.quality import api

app_name = "quality-api"
urlpatterns = [
    path("projects/<slug:slug>/quality/", api.PlanDetail.as_view(), name="plan"),
    path("projects/<slug:slug>/quality/documents/", api.GoldDocuments.as_view(), name="documents"),
    path("projects/<slug:slug>/quality/calibration/", api.Calibration.as_view(), name="calibration"),
    path("projects/<slug:slug>/quality/results/", api.ResultList.as_view(), name="results"),
]
