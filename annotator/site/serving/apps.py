"""The app `serving`."""

from django.apps import AppConfig


class ServingConfig(AppConfig):
    """Registers `annotator.site.serving`, which starts and keeps up the web server and the worker."""

    name = "annotator.site.serving"
