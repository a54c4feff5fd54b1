"""Pages of exports."""

from django.urls import path

from annotator.datasets.exports import views

app_name = "datasets"
urlpatterns = [
    path("projects/<slug:slug>/exports/", views.exports, name="exports"),
    path("exports/<int:export_id>/data/", views.data, name="data"),
    path("exports/<int:export_id>/losses/", views.losses, name="losses"),
    path("exports/<int:export_id>/losses/all/", views.loss_list, name="loss-list"),
    path("exports/<int:export_id>/manifest/", views.manifest, name="manifest"),
]
