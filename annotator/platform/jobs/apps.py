"""App configuration of `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Configuration of `annotator.platform.jobs`."""

    name = "annotator.platform.jobs"
