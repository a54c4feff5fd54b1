"""API of `spans`."""

from django.urls import URLPattern

app_name = "spans-api"
urlpatterns: list[URLPattern] = []
