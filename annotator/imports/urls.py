"""Pages of imports."""

from django.urls import path

from annotator.imports import views

app_name = "imports"
urlpatterns = [path("projects/<slug:slug>/documents/import/", views.new, name="new")]
