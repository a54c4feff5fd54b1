"""API of migrations."""

from django.urls import path

from annotator.corpus.relabelling import api

app_name = "relabelling-api"
urlpatterns = [
    path("projects/<slug:slug>/schema-migrations/", api.MigrationList.as_view(), name="migrations"),
    path("schema-migrations/<int:migration_id>/", api.MigrationDetail.as_view(), name="migration"),
    path("schema-migrations/<int:migration_id>/jobs/", api.MigrationJobs.as_view(), name="jobs"),
    path("schema-migrations/<int:migration_id>/by-hand/", api.MigrationByHand.as_view(), name="by-hand"),
    path("schema-migrations/<int:migration_id>/review/", api.MigrationReview.as_view(), name="review"),
]
