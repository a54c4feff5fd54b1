"""The app `timing`."""

from django.apps import AppConfig


class TimingConfig(AppConfig):
    """Registers `annotator.timing`."""

    name = "annotator.timing"
