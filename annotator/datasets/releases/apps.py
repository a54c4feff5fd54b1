"""The app `releases`."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Registers `annotator.datasets.releases`."""

    name = "annotator.datasets.releases"
