"""URLs of the overview pages."""

from django.urls import path

from annotator.site.dashboard import views
from annotator.site.work_table import views as work_table

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("projects/<slug:slug>/", views.project_overview, name="project"),
    path("projects/<slug:slug>/documents/", work_table.documents, name="documents"),
    path("documents/<int:document_id>/", views.document_page, name="document"),
    path("documents/<int:document_id>/original/", views.original, name="original"),
]
