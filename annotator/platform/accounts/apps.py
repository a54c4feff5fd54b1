"""App configuration of `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Configuration of `annotator.platform.accounts`."""

    name = "annotator.platform.accounts"
