"""API of `accounts`."""

from django.urls import URLPattern

app_name = "accounts-api"
urlpatterns: list[URLPattern] = []
