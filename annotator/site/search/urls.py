"""URLs of the pages of search."""

from django.urls import path

from annotator.site.search import views

app_name = "search"
urlpatterns = [
    path("projects/<slug:slug>/search/", views.search, name="search"),
    path("documents/<int:document_id>/text/", views.open_document, name="open"),
]
