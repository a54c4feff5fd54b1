"""App configuration of `search`."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Configuration of `annotator.site.search`."""

    name = "annotator.site.search"
