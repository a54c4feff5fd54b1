"""The app `spans`."""

from django.apps import AppConfig


class SpansConfig(AppConfig):
    """Registers `annotator.spans`."""

    name = "annotator.spans"
