"""The app `dashboard`."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """Registers `annotator.dashboard`."""

    name = "annotator.dashboard"
