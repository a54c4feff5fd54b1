"""App configuration of `removal`."""

from django.apps import AppConfig


class RemovalConfig(AppConfig):
    """Configuration of `annotator.site.removal`."""

    name = "annotator.site.removal"
