"""Pages of `assignments`."""

from django.urls import path

from annotator.workload.assignments import views

app_name = "assignments"
urlpatterns = [
    path("projects/<slug:slug>/work/", views.work, name="work"),
    path("projects/<slug:slug>/next/", views.next_document, name="next"),
    path("projects/<slug:slug>/assignments/", views.assignments, name="all"),
    path("assignments/<int:assignment_id>/withdraw/", views.withdraw, name="withdraw"),
]
