"""The app `demo`."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers `annotator.site.demo`: the sample project."""

    name = "annotator.site.demo"
