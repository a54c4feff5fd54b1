"""API of `inbox`."""

from django.urls import path

from annotator.site.inbox import api

app_name = "inbox-api"
urlpatterns = [path("inbox/", api.InboxView.as_view(), name="inbox")]
