"""The app `speakers`."""

from django.apps import AppConfig


class SpeakersConfig(AppConfig):
    """Registers `annotator.corpus.speakers`."""

    name = "annotator.corpus.speakers"
