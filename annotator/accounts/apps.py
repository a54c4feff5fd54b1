"""The app `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers `annotator.accounts`."""

    name = "annotator.accounts"

    def ready(self) -> None:
        """Let the API description know how programs sign in."""
        from annotator.accounts import openapi  # noqa: F401
