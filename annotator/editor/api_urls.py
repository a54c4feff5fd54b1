"""API of `editor`."""

from django.urls import URLPattern

app_name = "editor-api"
urlpatterns: list[URLPattern] = []
