"""The app `spans`."""

from django.apps import AppConfig


class SpansConfig(AppConfig):
    """Registers `annotator.corpus.spans`."""

    name = "annotator.corpus.spans"
