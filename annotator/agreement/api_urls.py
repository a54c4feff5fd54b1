"""API of `agreement`."""

from django.urls import URLPattern

app_name = "agreement-api"
urlpatterns: list[URLPattern] = []
