"""API of `search`."""

from django.urls import path

from annotator.site.search import api

app_name = "search-api"
urlpatterns = [path("projects/<slug:slug>/search/", api.Search.as_view(), name="search")]
