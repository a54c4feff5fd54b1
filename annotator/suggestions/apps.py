"""The app `sources`."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """Registers `annotator.suggestions`; the label `suggestions` belongs to the stored runs."""

    name = "annotator.suggestions"
    label = "sources"
