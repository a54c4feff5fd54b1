"""The app `releases`."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Registers `annotator.releases`."""

    name = "annotator.releases"
