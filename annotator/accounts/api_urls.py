"""API of `accounts`."""

from django.urls import path

from annotator.accounts import api

app_name = "accounts-api"
urlpatterns = [
    path("tokens/", api.TokenList.as_view(), name="tokens"),
    path("tokens/<int:token_id>/", api.TokenDetail.as_view(), name="token"),
]
