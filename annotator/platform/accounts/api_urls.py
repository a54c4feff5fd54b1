"""API of `accounts`."""

from django.urls import path

# The API description learns from `openapi` how programs sign in; workers and commands need neither.
from annotator.platform.accounts import api, openapi  # noqa: F401

app_name = "accounts-api"
urlpatterns = [
    path("me/preferences/", api.MyPreferences.as_view(), name="preferences"),
    path("tokens/", api.TokenList.as_view(), name="tokens"),
    path("tokens/<int:token_id>/", api.TokenDetail.as_view(), name="token"),
]
