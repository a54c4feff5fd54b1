"""The app `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers `annotator.platform.jobs`."""

    name = "annotator.platform.jobs"
