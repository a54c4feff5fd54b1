"""The app `removal`."""

from django.apps import AppConfig


class RemovalConfig(AppConfig):
    """Registers `annotator.site.removal`."""

    name = "annotator.site.removal"
