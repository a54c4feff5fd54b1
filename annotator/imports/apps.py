"""The app `imports`."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Registers `annotator.imports`."""

    name = "annotator.imports"
