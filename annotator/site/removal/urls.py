"""URL of the page to delete a project."""

from django.urls import path

from annotator.site.removal import views

app_name = "removal"
urlpatterns = [path("projects/<slug:slug>/delete/", views.delete, name="delete")]
