"""The app `demo`."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers `annotator.demo`: the sample project."""

    name = "annotator.demo"
