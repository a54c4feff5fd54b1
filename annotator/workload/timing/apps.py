"""The app `timing`."""

from django.apps import AppConfig


class TimingConfig(AppConfig):
    """Registers `annotator.workload.timing`."""

    name = "annotator.workload.timing"
