"""The app `dashboard`."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Registers `annotator.site.dashboard`."""

    name = "annotator.site.dashboard"
