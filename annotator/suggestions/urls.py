"""Addresses of the pages of suggestions."""

from django.urls import path

from annotator.suggestions import views

app_name = "sources"
urlpatterns = [
    path("projects/<slug:slug>/suggestions/", views.suggestions, name="suggestions"),
    path("projects/<slug:slug>/suggestions/figures/", views.figures, name="figures"),
    path("projects/<slug:slug>/suggestions/suggest/", views.suggest, name="suggest"),
    path("projects/<slug:slug>/suggestions/measure/", views.measure, name="measure"),
]
