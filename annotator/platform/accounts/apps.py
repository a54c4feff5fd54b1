"""The app `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers `annotator.platform.accounts`."""

    name = "annotator.platform.accounts"
