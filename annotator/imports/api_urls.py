"""API of `imports`."""

from django.urls import URLPattern

app_name = "imports-api"
urlpatterns: list[URLPattern] = []
