"""The app `http`."""

from django.apps import AppConfig


class HttpConfig(AppConfig):
    """Registers `annotator.http`."""

    name = "annotator.http"
