"""API of `assignments`."""

from django.urls import URLPattern

app_name = "assignments-api"
urlpatterns: list[URLPattern] = []
