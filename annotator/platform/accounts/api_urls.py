"""API of `accounts`."""

from django.urls import path

from annotator.platform.accounts import api

app_name = "accounts-api"
urlpatterns = [
    path("me/preferences/", api.MyPreferences.as_view(), name="preferences"),
    path("tokens/", api.TokenList.as_view(), name="tokens"),
    path("tokens/<int:token_id>/", api.TokenDetail.as_view(), name="token"),
]
