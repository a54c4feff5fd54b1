"""URLs of the API of background jobs."""

from django.urls import path

from annotator.site.jobs import api

urlpatterns = [
    path("projects/<slug:slug>/jobs/", api.JobList.as_view(), name="api-jobs"),
    path("jobs/<int:job_id>/", api.JobDetail.as_view(), name="api-job"),
    path("jobs/<int:job_id>/lines/", api.JobLines.as_view(), name="api-job-lines"),
    path("jobs/<int:job_id>/cancel/", api.JobCancel.as_view(), name="api-job-cancel"),
]
