"""App configuration of `demo`."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Configuration of `annotator.site.demo`, the sample project."""

    name = "annotator.site.demo"
