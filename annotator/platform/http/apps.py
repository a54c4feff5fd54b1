"""The app `http`."""

from django.apps import AppConfig


class HttpConfig(AppConfig):
    """Registers `annotator.platform.http`."""

    name = "annotator.platform.http"
