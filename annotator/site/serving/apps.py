"""App configuration of `serving`."""

from django.apps import AppConfig


class ServingConfig(AppConfig):
    """Configuration of `annotator.site.serving`, which runs the web server and the worker."""

    name = "annotator.site.serving"
