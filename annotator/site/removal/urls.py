"""The page on which a project is deleted."""

from django.urls import path

from annotator.site.removal import views

app_name = "removal"
urlpatterns = [path("projects/<slug:slug>/delete/", views.delete, name="delete")]
