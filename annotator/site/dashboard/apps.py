"""App configuration of `dashboard`."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Configuration of `annotator.site.dashboard`."""

    name = "annotator.site.dashboard"
