"""App configuration of `http`."""

from django.apps import AppConfig


class HttpConfig(AppConfig):
    """Configuration of `annotator.platform.http`."""

    name = "annotator.platform.http"
