"""The app `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers `annotator.jobs`."""

    name = "annotator.jobs"
