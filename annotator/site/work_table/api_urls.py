"""API of `work_table`."""

from django.urls import path

from annotator.site.work_table import api

app_name = "work_table-api"
urlpatterns = [
    path("projects/<slug:slug>/work-table/", api.WorkTable.as_view(), name="table"),
    path("projects/<slug:slug>/work-table/actions/", api.WorkTableActions.as_view(), name="actions"),
    path("projects/<slug:slug>/work-table/views/", api.SavedViewList.as_view(), name="views"),
    path("projects/<slug:slug>/work-table/views/<int:view_id>/", api.SavedViewDetail.as_view(), name="view"),
]
