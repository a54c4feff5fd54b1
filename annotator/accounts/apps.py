"""The app `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers `annotator.accounts`."""

    name = "annotator.accounts"
