"""The app `adjudication`."""

from django.apps import AppConfig


class AdjudicationConfig(AppConfig):
    """Registers `annotator.adjudication`."""

    name = "annotator.adjudication"
