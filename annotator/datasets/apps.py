"""The app `datasets`."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """Registers `annotator.datasets`."""

    name = "annotator.datasets"
