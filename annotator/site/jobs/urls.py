"""URLs of the pages of background jobs."""

from django.urls import path

from annotator.site.jobs import views

app_name = "jobs"
urlpatterns = [
    path("projects/<slug:slug>/jobs/", views.jobs, name="jobs"),
    path("projects/<slug:slug>/jobs/<int:job_id>/", views.job_page, name="job"),
    path("projects/<slug:slug>/jobs/<int:job_id>/cancel/", views.cancel, name="cancel"),
    path("projects/<slug:slug>/jobs/<int:job_id>/report.json", views.json_report, name="json-report"),
    path("projects/<slug:slug>/jobs/<int:job_id>/report.csv", views.csv_report, name="csv-report"),
]
