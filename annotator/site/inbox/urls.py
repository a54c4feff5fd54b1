"""Pages of `inbox`."""

from django.urls import path

from annotator.site.inbox import views

app_name = "inbox"
urlpatterns = [path("inbox/", views.inbox, name="inbox")]
