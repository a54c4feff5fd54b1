"""The app `datasets`."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """Registers `annotator.datasets.exports`."""

    name = "annotator.datasets.exports"
    label = "datasets"
