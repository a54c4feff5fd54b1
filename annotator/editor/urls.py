"""Pages of `editor`."""

from django.urls import path

from annotator.editor import views

app_name = "editor"
urlpatterns = [
    path("annotation-sets/<int:set_id>/", views.edit, name="edit"),
    path("annotation-sets/<int:set_id>/submit/", views.submit, name="submit"),
    path("annotation-sets/<int:set_id>/reopen/", views.reopen, name="reopen"),
]
