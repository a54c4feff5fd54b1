"""The app `relabelling`."""

from django.apps import AppConfig


class RelabellingConfig(AppConfig):
    """Registers `annotator.corpus.relabelling`."""

    name = "annotator.corpus.relabelling"
