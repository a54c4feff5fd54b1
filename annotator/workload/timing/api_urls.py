"""API of `timing`."""

from django.urls import path

from annotator.workload.timing import api

app_name = "timing-api"
urlpatterns = [
    path("annotation-sets/<int:set_id>/active-time/", api.SetTime.as_view(), name="set"),
    path("projects/<slug:slug>/active-time/", api.ProjectTimes.as_view(), name="times"),
    path("projects/<slug:slug>/pace/", api.ProjectPace.as_view(), name="pace"),
]
