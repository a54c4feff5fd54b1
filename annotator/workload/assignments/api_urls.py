"""API of `assignments`."""

from django.urls import path

from annotator.workload.assignments import api

app_name = "assignments-api"
urlpatterns = [
    path("projects/<slug:slug>/assignments/", api.AssignmentList.as_view(), name="assignments"),
    path("projects/<slug:slug>/next-document/", api.NextDocument.as_view(), name="next-document"),
    path("assignments/<int:assignment_id>/", api.AssignmentDetail.as_view(), name="assignment"),
]
