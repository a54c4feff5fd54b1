"""Addresses of the pages of migrations."""

from django.urls import path

from annotator.corpus.relabelling import views

app_name = "relabelling"
urlpatterns = [
    path("projects/<slug:slug>/schema/migrations/", views.migrations, name="migrations"),
    path("schema-migrations/<int:migration_id>/", views.migration_page, name="migration"),
    path("schema-migrations/<int:migration_id>/by-hand/", views.by_hand, name="by-hand"),
    path("schema-migrations/<int:migration_id>/act/", views.act, name="act"),
    path("schema-migrations/<int:migration_id>/reviewed/", views.reviewed, name="reviewed"),
]
