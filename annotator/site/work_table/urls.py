"""Pages of `work_table`; the table itself has the address that the list of documents always had."""

from django.urls import path

from annotator.site.work_table import views

app_name = "work_table"
urlpatterns = [
    path("projects/<slug:slug>/documents/download/<str:file_format>/", views.download, name="download"),
    path("projects/<slug:slug>/documents/delete/", views.delete, name="delete"),
    path("projects/<slug:slug>/documents/views/", views.save_view, name="save-view"),
    path("projects/<slug:slug>/documents/views/<int:view_id>/delete/", views.delete_view, name="delete-view"),
]
