"""The app `removal`."""

from django.apps import AppConfig


class RemovalConfig(AppConfig):
    """Registers `annotator.removal`."""

    name = "annotator.removal"
